/** A WebAssembly file within the code that is built: see `packWasm`. */
declare module '*.wasm' {
  /** Compressed by gzip, as base64. */
  const packed: string
  export default packed
  /** Of the package that it came from. */
  export const version: string
}
