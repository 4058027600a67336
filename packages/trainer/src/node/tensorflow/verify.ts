import { REPAIR_UTIL } from '../../backends/repair-util'
import { lastLine, runCommand } from './commands'

// One step of gradient descent by hand on a quadratic: 3 − 0.25 · 2 · 3 = 1.5.
const PROGRAM = `
${REPAIR_UTIL}
const tf = require(process.argv[1])
async function step() {
  const w = tf.variable(tf.scalar(3))
  const { grads } = tf.variableGrads(() => tf.square(w))
  w.assign(tf.sub(w, tf.mul(0.25, grads[w.name])))
  const [value] = await w.data()
  if (value !== 1.5) throw new Error('a training step gave ' + value + ' instead of 1.5')
  process.stdout.write('\\n' + tf.backend().binding.TF_Version)
}
step()
`

export type Verified =
  | { readonly ok: true; readonly version: string }
  | { readonly ok: false; readonly why: string }

/** Trains a step with an installed tfjs-node in a process of its own. */
export async function verifyTensorflow(packageFolder: string): Promise<Verified> {
  const env = { TF_CPP_MIN_LOG_LEVEL: '2' }
  const result = await runCommand(process.execPath, ['-e', PROGRAM, packageFolder], {
    env,
    timeout: 5 * 60_000,
  })
  if (result.ok) return { ok: true, version: lastLine(result.stdout) }
  const errors = result.stderr.split('\n').filter((line) => /Error: /.test(line))
  return { ok: false, why: (errors[0] ?? lastLine(result.stderr)).trim() }
}
