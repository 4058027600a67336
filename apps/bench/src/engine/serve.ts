import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import type { Manifest } from '../fixture'

/** An engine that has a task open. */
export interface OpenTask {
  /** One training step on the batch of this index; gives its loss, or nothing when that would cost a wait. */
  step(index: number): Promise<number | undefined> | number | undefined
  /** Waits until all steps are done. */
  settle?(): Promise<void>
  close?(): void | Promise<void>
}

export interface Engine {
  /** Name and version for reports. */
  describe(): Promise<string> | string
  open(manifest: Manifest, data: readonly Float32Array[], weights: Float32Array): Promise<OpenTask>
}

type Request =
  | { do: 'prepare'; manifest: string; checked: number }
  | { do: 'run'; steps: number; warmUp: number }
  | { do: 'exit' }

/**
 * Answers requests, one JSON object a line on stdin, by lines on stdout. Time is taken here, with nothing but steps
 * between the two readings of the clock.
 */
export async function serve(engine: Engine): Promise<void> {
  let open: OpenTask | undefined
  let batches = 1
  let done = 0
  const answer = (value: object) => process.stdout.write(`${JSON.stringify(value)}\n`)

  async function handle(request: Request): Promise<object> {
    if (request.do === 'prepare') {
      await open?.close?.()
      const manifest = JSON.parse(readFileSync(request.manifest, 'utf8')) as Manifest
      const all = floats(manifest.dataFile)
      const size = all.length / manifest.batches
      const data = Array.from({ length: manifest.batches }, (_, i) => all.slice(i * size, (i + 1) * size))
      const started = performance.now()
      open = await engine.open(manifest, data, floats(manifest.weightsFile))
      const openMs = performance.now() - started
      batches = manifest.batches
      const losses: number[] = []
      let firstMs = 0
      for (done = 0; done < request.checked; done++) {
        const from = performance.now()
        losses.push((await open.step(done % batches)) ?? Number.NaN)
        if (done === 0) firstMs = performance.now() - from
      }
      return { engine: await engine.describe(), losses, openMs, firstStepMs: firstMs }
    }
    if (request.do === 'run') {
      const run = async (steps: number) => {
        for (let i = 0; i < steps; i++, done++) await open!.step(done % batches)
        await open!.settle?.()
      }
      await run(request.warmUp)
      const from = process.hrtime.bigint()
      await run(request.steps)
      return { ns: Number(process.hrtime.bigint() - from) }
    }
    throw new Error('unknown request')
  }

  for await (const line of createInterface({ input: process.stdin })) {
    const request = JSON.parse(line) as Request
    if (request.do === 'exit') break
    answer(await handle(request).catch((error: unknown) => ({ error: (error as Error).message })))
  }
  process.exit(0)
}

function floats(path: string): Float32Array {
  const bytes = readFileSync(path)
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength))
}
