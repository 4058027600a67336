import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { availableParallelism } from 'node:os'
import { blockUntilReady, defaultDevice, init, jit, nn, numpy as np, tree, valueAndGrad } from '@jax-js/jax'
import { sizeOf } from '@sandglass/core'
import type { Workload } from '../workload'
import { type Engine, serve } from './serve'

// jax-js asks the browser how many cores there are; Node before 21 has no navigator.
if (!('navigator' in globalThis))
  Object.defineProperty(globalThis, 'navigator', { value: { hardwareConcurrency: availableParallelism() } })

type Weights = Record<string, np.Array>
/** Adam's moments; empty for SGD. */
type Moments = { m: Weights; v: Weights; t: np.Array }

interface DenseLayer {
  readonly path: string
  readonly type: string
  readonly units?: number
  readonly activation?: { readonly type: string }
  readonly activityRegularizer?: { readonly weight: number; readonly target: number }
}

/** weight · Σ KL(target ‖ mean activity) / batch, as `klSparsity`; every argument is used up, as jax-js wants. */
function sparsity(activity: np.Array, weight: number, target: number): np.Array {
  const batch = activity.shape[0]!
  const q = np.mean(activity, 0)
  const part = (share: number, mean: np.Array) =>
    np
      .log(np.clip(mean, 1e-7, 1))
      .mul(-share)
      .add(share * Math.log(share))
  return np.sum(part(target, q.ref).add(part(1 - target, np.subtract(1, q)))).mul(weight / batch)
}

/** Written by hand for dense layers, the last of which is a sigmoid under binary cross-entropy from logits. */
function lossOf(layers: readonly DenseLayer[]) {
  const dense = layers.filter(({ type }) => type === 'dense')
  return (weights: Weights, x: np.Array): np.Array => {
    let h = x.ref
    let penalty: np.Array | undefined
    for (const [i, { path, activation, activityRegularizer }] of dense.entries()) {
      const z = np.matmul(h, weights[`${path}/kernel`]!).add(weights[`${path}/bias`]!)
      if (i === dense.length - 1) h = z
      else h = activation?.type === 'selu' ? nn.selu(z) : nn.sigmoid(z)
      if (activityRegularizer)
        penalty = sparsity(h.ref, activityRegularizer.weight, activityRegularizer.target)
    }
    const loss = np.mean(nn.softplus(h.ref).sub(h.mul(x)))
    return penalty ? loss.add(penalty) : loss
  }
}

const mapped = (names: readonly string[], f: (name: string) => np.Array): Weights =>
  Object.fromEntries(names.map((name) => [name, f(name)]))

const engine: Engine = {
  describe: () => {
    const entry = createRequire(import.meta.url).resolve('@jax-js/jax')
    const { version } = JSON.parse(readFileSync(new URL('../package.json', `file://${entry}`), 'utf8')) as {
      version: string
    }
    return `@jax-js/jax ${version}, ${defaultDevice()}`
  },
  open: async ({ weights: entries, layers, inputShape, batch, optimizer }, data, values) => {
    const unknown = layers.find(({ type }) => !['flatten', 'reshape', 'dense'].includes(type))
    if (unknown) throw new Error(`${unknown.type} is not written for jax-js here`)
    await init()
    defaultDevice('wasm')
    const names = entries.map(({ name }) => name)
    const size = sizeOf(inputShape)
    const batches = data.map((d) => np.array(d as Float32Array<ArrayBuffer>).reshape([batch, size]))
    const entry = (name: string) => entries.find((e) => e.name === name)!
    let weights = mapped(names, (name) => {
      const { shape, offset } = entry(name)
      return np.array(values.slice(offset, offset + sizeOf(shape))).reshape([...shape])
    })
    const zeros = () => mapped(names, (name) => np.zeros([...entry(name).shape]))
    const { type, learningRate, epsilon } = optimizer as unknown as Workload['optimizer'] & {
      epsilon: number
    }
    const differentiated = valueAndGrad(lossOf(layers as readonly DenseLayer[]))

    const sgd = jit((w: Weights, x: np.Array) => {
      const [loss, g] = differentiated(mapped(names, (n) => w[n]!.ref) as never, x) as [np.Array, Weights]
      return { loss, weights: mapped(names, (n) => w[n]!.sub(g[n]!.mul(learningRate))) }
    })
    const adam = jit((w: Weights, { m, v, t }: Moments, x: np.Array) => {
      const [loss, g] = differentiated(mapped(names, (n) => w[n]!.ref) as never, x) as [np.Array, Weights]
      const time = t.add(1)
      const m2 = mapped(names, (n) => m[n]!.mul(0.9).add(g[n]!.ref.mul(0.1)))
      const v2 = mapped(names, (n) => v[n]!.mul(0.999).add(np.square(g[n]!).mul(0.001)))
      const power = (b: number) => np.subtract(1, np.exp(time.ref.mul(Math.log(b))))
      const rate = np.sqrt(power(0.999)).div(power(0.9)).mul(learningRate)
      const next = mapped(names, (n) =>
        w[n]!.sub(rate.ref.mul(m2[n]!.ref).div(np.sqrt(v2[n]!.ref).add(epsilon))),
      )
      rate.dispose()
      return { loss, weights: next, moments: { m: m2, v: v2, t: time } }
    })
    let moments: Moments = { m: zeros(), v: zeros(), t: np.array(0) }

    let checked = 0
    return {
      step: async (i) => {
        const x = batches[i]!.ref
        let loss: np.Array
        if (type === 'adam') {
          const next = adam(weights as never, moments as never, x as never)
          ;({ loss, weights, moments } = next as { loss: np.Array; weights: Weights; moments: Moments })
        } else {
          const next = sgd(weights as never, x as never)
          ;({ loss, weights } = next as { loss: np.Array; weights: Weights })
        }
        if (checked++ < 10) return (await loss.data())[0]!
        loss.dispose()
        return undefined
      },
      settle: async () => {
        await blockUntilReady(weights)
      },
      close: () => {
        tree.dispose(weights)
        tree.dispose(moments)
        for (const b of batches) b.dispose()
      },
    }
  },
}

await serve(engine)
