import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Backend, Objective, Probe } from '@sandglass/core'
import * as tf from '@tensorflow/tfjs-core'
import { describe, expect, test } from 'vitest'
import { sparseProgram, trainSparse } from '../eager/sparse'
import { registry, tinyBatch, tinyProgram } from '../eager/tiny'

const required = (process.env.SANDGLASS_REQUIRE ?? '').split(',')
const inChild = process.env.SANDGLASS_TEST_GPU_CHILD !== undefined
const ids = inChild ? ['webgpu'] : ['cpu', 'wasm', 'tensorflow', 'webgpu']
const request = { objective: 'reconstruction', batch: tinyBatch(), step: 0, learningRate: 0.5 }

const found: [string, Backend, Probe][] = []
for (const id of ids) {
  const backend = registry.build('backend', { type: id })
  found.push([id, backend, await backend.probe()])
}

/** Folder of a browser that brings SwiftShader, a GPU in software, and a Vulkan loader. */
const swiftShader = ['/usr/lib/chromium', '/usr/lib/chromium-browser', '/opt/google/chrome'].find((folder) =>
  existsSync(join(folder, 'vk_swiftshader_icd.json')),
)

const steps = 50
const reference = found.some(([id, , probe]) => probe.available && id !== 'cpu')
  ? await losses(registry.build('backend', { type: inChild ? 'wasm' : 'cpu' }))
  : []

async function losses(backend: Backend) {
  const session = await backend.open(sparseProgram())
  try {
    return await trainSparse(session, steps)
  } finally {
    session.dispose()
  }
}

describe.each(found)('%s', { timeout: inChild ? 600_000 : 60_000 }, (id, backend, probe) => {
  // Emulation is slow, so it is only done where it is asked for.
  const emulate = required.includes(id) && !probe.available && !inChild && swiftShader !== undefined
  const elsewhere = id === 'webgpu' && emulate
  const missing = !probe.available && !elsewhere

  test.skipIf(!required.includes(id))('is there, as required', () => {
    expect(missing ? probe : 'there').toBe('there')
  })

  // The Vulkan loader reads its settings when a process starts.
  test.runIf(elsewhere)(
    'does all this on a GPU in software, in a process of its own',
    { timeout: 1_200_000 },
    async () => {
      const vitest = join(
        dirname(createRequire(import.meta.url).resolve('vitest/package.json')),
        'vitest.mjs',
      )
      const env = {
        ...process.env,
        SANDGLASS_TEST_GPU_CHILD: '1',
        SANDGLASS_REQUIRE: 'webgpu',
        VK_ICD_FILENAMES: join(swiftShader!, 'vk_swiftshader_icd.json'),
        LD_LIBRARY_PATH: [swiftShader, process.env.LD_LIBRARY_PATH].filter(Boolean).join(':'),
      }
      const report = join(await mkdtemp(join(tmpdir(), 'sandglass-gpu-')), 'report.json')
      const args = [
        vitest,
        'run',
        fileURLToPath(import.meta.url),
        '--reporter=json',
        `--outputFile=${report}`,
      ]
      const output = await new Promise<string>((resolve) => {
        execFile(process.execPath, args, { env }, (_, stdout, stderr) => resolve(stdout + stderr))
      })
      const { numPassedTests, numFailedTests } = JSON.parse(await readFile(report, 'utf8'))
      expect({ numPassedTests, numFailedTests }, output).toEqual({ numPassedTests: 4, numFailedTests: 0 })
    },
  )

  test.skipIf(!probe.available)(
    `trains the sparse autoencoder as the others do, ${steps} steps to 1e-4`,
    async () => {
      const reports = id === 'cpu' && reference.length > 0 ? reference : await losses(backend)
      expect(reports).toHaveLength(steps)
      expect(reports.at(-1)!.loss).toBeLessThan(reports[0]!.loss! * 0.95)
      for (const [step, report] of reports.entries())
        for (const name of ['loss', 'reconstruction', 'activityRegularization'])
          expect(
            Math.abs(report[name]! / (reference[step] ?? report)[name]! - 1),
            `${name} at ${step}`,
          ).toBeLessThan(1e-4)
    },
  )

  test.skipIf(!probe.available)('holds as many tensors after 1,000 steps as after one', async () => {
    const start = tf.memory().numTensors
    const session = await backend.open(tinyProgram())
    await session.step(request)
    const { numTensors, numDataBuffers, numBytes } = tf.memory()
    for (let step = 1; step <= 1000; step++) await session.step({ ...request, step })
    expect(tf.memory()).toMatchObject({ numTensors, numDataBuffers, numBytes })
    session.dispose()
    expect(tf.memory().numTensors).toBe(start)
  })

  test.skipIf(!probe.available)('holds as many when steps throw, and changes nothing', async () => {
    const program = tinyProgram()
    const fail =
      (loss: Objective['loss']): Objective['loss'] =>
      (weights, batch, context) => {
        const result = loss(weights, batch, context)
        if (failing) throw new Error('made to fail')
        return result
      }
    let failing = false
    const objectives = program.model.objectives.map((o) => ({ ...o, loss: fail(o.loss) }))
    const session = await backend.open({ ...program, model: { ...program.model, objectives } })
    await session.step(request)
    const before = await session.state()
    const { numTensors, numDataBuffers } = tf.memory()
    failing = true
    for (let step = 1; step <= 100; step++)
      await expect(session.step({ ...request, step })).rejects.toThrow('made to fail')
    expect(tf.memory()).toMatchObject({ numTensors, numDataBuffers })
    expect(await session.state()).toEqual(before)
    session.dispose()
  })
})
