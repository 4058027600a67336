import { spawn } from 'node:child_process'

/** Runs a program and gives what it printed. Throws with all of that when it fails, unless `failing` allows it. */
export function execute(command, args, { failing = false, ...options }) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options })
    const printed = { stdout: '', stderr: '' }
    for (const stream of ['stdout', 'stderr'])
      child[stream].setEncoding('utf8').on('data', (text) => {
        printed[stream] += text
      })
    child.on('error', reject)
    child.on('close', (status) => {
      if (status === 0 || failing) resolve(printed)
      else
        reject(
          new Error(
            `${command} ${args.join(' ')}: exit code ${status}\n${printed.stdout}\n${printed.stderr}`.trim(),
          ),
        )
    })
  })
}
