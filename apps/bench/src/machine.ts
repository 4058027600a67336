import { readFileSync } from 'node:fs'
import { arch, availableParallelism, cpus, loadavg, platform, release, totalmem } from 'node:os'

export interface Machine {
  readonly cpu: string
  readonly cores: number
  readonly memoryGiB: number
  readonly system: string
  readonly node: string
  /** Load average of the last minute when the run began: much above 0 means that others were at work. */
  readonly load: number
  readonly date: string
}

export function describeMachine(): Machine {
  return {
    cpu: cpuModel(),
    cores: availableParallelism(),
    memoryGiB: Math.round((totalmem() / 2 ** 30) * 10) / 10,
    system: `${platform()} ${release()} ${arch()}`,
    node: process.version,
    load: loadavg()[0]!,
    date: new Date().toISOString(),
  }
}

/** Some kernels report a name and no model. */
function cpuModel(): string {
  const model = cpus()[0]?.model.trim()
  if (model && model !== 'unknown') return model
  try {
    return /^model name\s*:\s*(.+)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[1] ?? 'unknown'
  } catch {
    return 'unknown'
  }
}

export function showMachine({ cpu, cores, memoryGiB, system, node, load, date }: Machine): string {
  return `${cpu}, ${cores} cores, ${memoryGiB} GiB, ${system}, Node ${node}, load ${load.toFixed(2)}, ${date}`
}
