import { expectError } from '@sandglass/testing'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { runtime } from '../testing/parity'
import { arenaBuffer, createArena, MOST_BYTES, padded } from './arena'

test('arrays never overlap, are aligned, zeroed and padded, and come back when freed', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.boolean(), fc.nat(300_000)), { maxLength: 40 }), (steps) => {
      const arena = createArena()
      const held: { address: number; bytes: number }[] = []
      for (const [frees, n] of steps) {
        if (frees && held.length) {
          const [gone] = held.splice(n % held.length, 1)
          new Uint8Array(arena.memory.buffer, gone!.address, gone!.bytes).fill(7)
          arena.free(gone!.address, gone!.bytes)
          continue
        }
        const address = arena.allocate(n)
        expect(address % 64).toBe(0)
        expect(address).toBeGreaterThan(0)
        expect(new Uint8Array(arena.memory.buffer, address, padded(n)).every((byte) => byte === 0)).toBe(true)
        for (const other of held)
          expect(address + padded(n) <= other.address || other.address + padded(other.bytes) <= address).toBe(
            true,
          )
        held.push({ address, bytes: n })
      }
    }),
    { numRuns: 50 },
  )
})

test('freed memory is used again', () => {
  const arena = createArena()
  const first = arena.allocate(10_000_000)
  const size = arena.memory.buffer.byteLength
  for (let i = 0; i < 20; i++) {
    arena.free(first, 10_000_000)
    expect(arena.allocate(10_000_000)).toBe(first)
  }
  expect(arena.memory.buffer.byteLength).toBe(size)
})

test('a buffer keeps its values when memory grows', () => {
  const arena = createArena()
  const buffer = arenaBuffer(runtime, arena, arena.allocate(12), [3])
  buffer.data.set([1, 2, 3])
  const before = buffer.tensor
  arena.allocate(1_000_000)
  expect([...buffer.data]).toEqual([1, 2, 3])
  expect(buffer.tensor === before).toBe(false)
  expect(buffer.tensor.data).toBe(buffer.data)
  expect(buffer.tensor).toBe(buffer.tensor)
})

test('refuses what no address reaches', async () => {
  await expectError(() => createArena().allocate(MOST_BYTES), {
    code: 'backend',
    message: /not enough memory for the arrays of a compiled graph/,
  })
})
