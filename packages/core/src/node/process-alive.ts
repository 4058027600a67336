import { createHash } from 'node:crypto'
import { hostname } from 'node:os'

/** Whether a process of this machine is running. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** Tells apart the machines that share a folder: a process id means something only on its own. */
export function hostTag(): string {
  return createHash('sha256').update(hostname()).digest('hex').slice(0, 12)
}
