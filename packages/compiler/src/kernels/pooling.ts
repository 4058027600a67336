import { elements, type Node, splatOf, type Value } from '../graph/graph'
import type { WasmCode } from './wasm-code'

type AddressOf = (value: Value) => number | undefined

/** Whether maxima are of windows that lie inside the image: `[batch, channels, height, width]` without padding. */
export function isPlainMaxPool({ op, inputs, attributes }: Node): boolean {
  const padded = ((attributes.pads as readonly number[]) ?? []).some((pad) => pad !== 0)
  return op === 'MaxPool' && inputs[0]!.shape.length === 4 && !padded && !attributes.ceil_mode
}

/** Whether values are put, or added, into zeros at positions in the whole array. */
export function isScatterIntoZeros({ op, inputs, attributes }: Node): boolean {
  return (
    op === 'ScatterElements' &&
    splatOf(inputs[0]!) === 0 &&
    inputs[0]!.shape.length === 1 &&
    (attributes.reduction === undefined || attributes.reduction === 'add')
  )
}

/** Maxima of windows and, where somebody reads them, their positions in the whole array; ties go to the first. */
export function emitMaxPool(w: WasmCode, node: Node, addressOf: AddressOf): void {
  const [x, values, indices] = [node.inputs[0]!, ...node.outputs]
  const [batch, channels, height, width] = x.shape as [number, number, number, number]
  const [, , outHeight, outWidth] = values!.shape as [number, number, number, number]
  const [kernelHeight, kernelWidth] = node.attributes.kernel_shape as [number, number]
  const [down, across] = (node.attributes.strides as [number, number] | undefined) ?? [1, 1]
  const positions = indices && addressOf(indices)
  const to = addressOf(values!)
  const [plane, row, column] = [w.newCounter(), w.newCounter(), w.newCounter()]
  const [base, at, written, best] = [w.newCounter(), w.newCounter(), w.newCounter(), w.newCounter()]
  const [maximum, candidate] = [w.newFloat(), w.newFloat()]
  const taps = Array.from(
    { length: kernelHeight * kernelWidth },
    (_, i) => Math.floor(i / kernelWidth) * width + (i % kernelWidth),
  )
  w.i32(0)
  w.set(written)
  // Counters are in bytes of x.
  w.loop(plane, 4 * elements([batch, channels, height, width]), 4 * height * width, () => {
    w.loop(row, 4 * outHeight * down * width, 4 * down * width, () => {
      w.get(plane)
      w.get(row)
      w.op('i32.add')
      w.set(base)
      w.loop(column, 4 * outWidth * across, 4 * across, () => {
        w.get(base)
        w.get(column)
        w.op('i32.add')
        w.tee(best)
        w.get(addressOf(x)!)
        w.op('i32.add')
        w.tee(at)
        w.loadFloat()
        w.set(maximum)
        const first = w.newCounter()
        w.get(best)
        w.set(first)
        for (const tap of taps.slice(1)) {
          w.get(at)
          w.loadFloat(4 * tap)
          w.tee(candidate)
          w.get(maximum)
          w.op('f32.gt')
          const larger = w.newCounter()
          w.set(larger)
          w.get(candidate)
          w.get(maximum)
          w.get(larger)
          w.op('select')
          w.set(maximum)
          w.get(first)
          w.i32(4 * tap)
          w.op('i32.add')
          w.get(best)
          w.get(larger)
          w.op('select')
          w.set(best)
        }
        if (to !== undefined) {
          w.get(to)
          w.get(written)
          w.op('i32.add')
          w.get(maximum)
          w.storeFloat()
        }
        if (positions !== undefined) {
          w.get(positions)
          w.get(written)
          w.i32(1)
          w.op('i32.shl', 'i32.add')
          w.get(best)
          w.i32(2)
          w.op('i32.shr_u', 'i64.extend_i32_u')
          w.storeLong()
        }
        w.get(written)
        w.i32(4)
        w.op('i32.add')
        w.set(written)
      })
    })
  })
}

/** Zeros, and at the given positions the given values. */
export function emitScatter(w: WasmCode, node: Node, addressOf: AddressOf): void {
  const [, indices, updates] = node.inputs
  const output = addressOf(node.outputs[0]!)!
  const [counter, target] = [w.newCounter(), w.newCounter()]
  w.get(output)
  w.i32(0)
  w.i32(4 * elements(node.outputs[0]!.shape))
  w.fill()
  w.loop(counter, 4 * elements(updates!.shape), 4, () => {
    w.get(addressOf(indices!)!)
    w.get(counter)
    w.i32(1)
    w.op('i32.shl', 'i32.add')
    w.loadInteger()
    w.i32(2)
    w.op('i32.shl')
    w.get(output)
    w.op('i32.add')
    w.tee(target)
    if (node.attributes.reduction === 'add') {
      w.get(target)
      w.loadFloat()
    }
    w.get(addressOf(updates!)!)
    w.get(counter)
    w.op('i32.add')
    w.loadFloat()
    if (node.attributes.reduction === 'add') w.op('f32.add')
    w.storeFloat()
  })
}
