import { expectError } from '@sandglass/testing'
import { describe, expect, test } from 'vitest'
import { batchShapes, inputBatch } from './feeds'
import type { Objective } from './objective'

const objective = { name: 'fit', fields: { input: 'required', target: 'optional' } } as unknown as Objective
const declared = { input: [4] }
const batch = (size: number, fields: Record<string, number[]>) => ({ size, fields, fill: () => undefined })
const tensor = (...shape: number[]) => ({
  shape,
  data: new Float32Array(shape.reduce((product, extent) => product * extent, 1)),
})

describe('the shapes of a batch', () => {
  test('are of the fields that the objective reads', () => {
    expect(batchShapes(batch(3, { input: [4], label: [] }), objective, declared)).toEqual({ input: [3, 4] })
    expect(batchShapes(batch(1, { input: [4], target: [] }), objective, declared)).toEqual({
      input: [1, 4],
      target: [1],
    })
  })

  test('must fit the model', () => {
    for (const size of [0, -1, 1.5, Number.NaN])
      expectError(() => batchShapes(batch(size, { input: [4] }), objective, declared), {
        code: 'data',
        message: /at least one sample/,
      })
    expectError(() => batchShapes(batch(3, { label: [] }), objective, declared), {
      code: 'data',
      message: /objective "fit" reads the field "input", which the batch lacks\. Got a batch with label/,
    })
    expectError(() => batchShapes(batch(3, { input: [2, 2] }), objective, declared), {
      code: 'shape',
      message: /field "input" of the batch does not fit the model\. Got \[2, 2\]; expected \[4\]/,
    })
  })
})

describe('the inputs of a function', () => {
  test('say the batch size', () => {
    expect(inputBatch('f', { input: tensor(5, 4) }, declared)).toBe(5)
    expect(inputBatch('f', {}, {})).toBe(1)
  })

  test('must fit', () => {
    const cases: [Record<string, ReturnType<typeof tensor>>, string, RegExp][] = [
      [{}, 'data', /f needs the input "input"\. Got no inputs/],
      [{ input: tensor(1, 4), more: tensor(1) }, 'data', /f has no input "more"\. Expected input/],
      [
        { input: tensor(5, 3) },
        'shape',
        /"input" of f has the wrong shape\. Got \[5, 3\]; expected \[5, 4\]/,
      ],
      [{ input: tensor() }, 'shape', /Got \[\]; expected \[batch, 4\]/],
      [{ input: tensor(0, 4) }, 'shape', /Got \[0, 4\]/],
      [{ input: { ...tensor(2, 4), data: new Float32Array(7) } }, 'shape', /Got 7 numbers; expected 8/],
    ]
    for (const [inputs, code, message] of cases)
      expectError(() => inputBatch('f', inputs, declared), { code, message })
    expectError(() => inputBatch('f', { a: tensor(2, 4), b: tensor(3, 4) }, { a: [4], b: [4] }), {
      code: 'shape',
      message: /Got \[3, 4\]; expected \[2, 4\]/,
    })
  })
})
