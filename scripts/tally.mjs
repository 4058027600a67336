// Checks one after the other: a line for each as it ends, and how many passed as the very last line.
import { start } from './setup.mjs'

/** Counts checks. `note` takes the result of one, `run` runs a command as one, `finish` ends the process. */
export function createTally() {
  let passed = 0
  const failed = []
  function note(name, ok, seconds, remark = '') {
    console.log(`${ok ? 'ok    ' : 'FAILED'} ${name} (${seconds.toFixed(1)} s)${remark && `: ${remark}`}`)
    if (ok) passed++
    else failed.push(name)
    return ok
  }
  function run(name, command, args, options = {}) {
    const started = Date.now()
    const { status, error } = start(command, args, options)
    if (error) console.error(`cannot run ${command}: ${error.message}`)
    return note(name, status === 0, (Date.now() - started) / 1000)
  }
  function finish() {
    if (failed.length) console.log(`\nFailed: ${failed.join(', ')}`)
    console.log(`Checks: ${passed} passed, ${failed.length} failed`)
    process.exit(failed.length ? 1 : 0)
  }
  return { note, run, finish }
}
