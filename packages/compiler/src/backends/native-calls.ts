import type { NativeApi } from './native-api'

/** Calls of ONNX Runtime's C interface, checked. */
export interface NativeCalls {
  /** Throws what ONNX Runtime says of a call that failed. */
  check(status: bigint): void
  /** What `make` writes to the address that it is given. */
  made(make: (at: BigUint64Array) => bigint): bigint
}

export function createNativeCalls(api: NativeApi): NativeCalls {
  function check(status: bigint): void {
    if (!status) return
    const message = api.getErrorMessage(status)
    api.releaseStatus(status)
    throw new Error(message)
  }

  function made(make: (at: BigUint64Array) => bigint): bigint {
    const at = new BigUint64Array(1)
    check(make(at))
    return at[0]!
  }

  return { check, made }
}
