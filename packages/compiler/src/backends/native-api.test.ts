import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import * as koffi from 'koffi'
import { expect, test } from 'vitest'
import { findLibrary } from './library'
import { LIBRARIES } from './load-native'
import { openNativeApi } from './native-api'

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

test('the library is held for as long as the interface is', async () => {
  let handle: WeakRef<object> | undefined
  const watched = {
    ...koffi,
    load: (path: string) => {
      const library = koffi.load(path)
      handle = new WeakRef(library)
      return library
    },
  } as typeof koffi
  const api = openNativeApi(watched, findLibrary(...LIBRARIES)!)
  for (let i = 0; i < 5; i++) {
    await new Promise((resolve) => setTimeout(resolve, 1))
    collectGarbage()
  }
  expect(handle!.deref()).toBeDefined()
  expect(api.library).toBe(handle!.deref())
})

test('a library that is none, or another one, is refused', () => {
  expect(() => openNativeApi(koffi, '/nowhere/libonnxruntime.so.1')).toThrow(/Failed to load shared library/)
  expect(() => openNativeApi(koffi, process.execPath)).toThrow()
})

test('a library is found beside onnxruntime-node, or not at all', () => {
  expect(findLibrary(...LIBRARIES)).toContain('napi')
  expect(findLibrary('nothing.so')).toBeUndefined()
})
