/** A file of another program, as its bytes tell. */
export interface ForeignFile {
  /** `a Keras model (.keras)` */
  readonly what: string
  /** What can be done with it: nothing is known of `other`. */
  readonly holds: 'model' | 'tensors' | 'spec' | 'data' | 'other'
}

export const OF_OTHERS: ForeignFile = { what: 'a safetensors file of another program', holds: 'tensors' }

/** Bytes at either end that are looked at. */
const REACH = 65_536

/**
 * Recognises files that are often given in place of ours: models of Keras, PyTorch, ONNX and TensorFlow, safetensors of
 * other programs, specs, tables and pictures. Returns undefined for ours and for what it does not know.
 */
export function foreignFile(bytes: Uint8Array): ForeignFile | undefined {
  if (isSafetensors(bytes)) {
    const header = latin(bytes.subarray(8, 8 + REACH))
    return header.includes('"sandglass.kind"') ? undefined : OF_OTHERS
  }
  return signatures.map((recognise) => recognise(bytes)).find((found) => found !== undefined)
}

const model = (what: string): ForeignFile => ({ what, holds: 'model' })
const data = (what: string): ForeignFile => ({ what, holds: 'data' })

const signatures: readonly ((bytes: Uint8Array) => ForeignFile | undefined)[] = [
  (bytes) => (starts(bytes, '\x89HDF\r\n\x1a\n') ? hdf5(bytes) : undefined),
  (bytes) => (starts(bytes, 'PK\x03\x04') ? zip(bytes) : undefined),
  (bytes) => (bytes[0] === 0x80 && bytes[1]! >= 2 && bytes[1]! <= 5 ? pickle(bytes) : undefined),
  (bytes) => (starts(bytes, 'GGUF') ? model('a GGUF model (llama.cpp)') : undefined),
  (bytes) =>
    latin(bytes.subarray(4, 8)) === 'TFL3' ? model('a TensorFlow Lite model (.tflite)') : undefined,
  (bytes) => (starts(bytes, '\x93NUMPY') ? data('a NumPy array (.npy)') : undefined),
  (bytes) => (starts(bytes, 'PAR1') ? data('a Parquet table') : undefined),
  (bytes) => (starts(bytes, 'MATLAB 5.0') ? data('a MATLAB file (.mat)') : undefined),
  (bytes) => (starts(bytes, '\x89PNG') || starts(bytes, '\xff\xd8\xff') ? data('a picture') : undefined),
  (bytes) => (starts(bytes, '\x1f\x8b') ? { what: 'a gzip archive', holds: 'other' } : undefined),
  protobuf,
  text,
]

/** A header's length in eight bytes, then its opening brace. */
function isSafetensors(bytes: Uint8Array): boolean {
  return bytes[8] === 0x7b && bytes.subarray(4, 8).every((byte) => byte === 0)
}

function hdf5(bytes: Uint8Array): ForeignFile {
  const words = ends(bytes)
  const keras = /keras_version|model_weights|layer_names|_layer_checkpoint/.test(words)
  return model(keras ? 'a Keras model (.h5)' : 'an HDF5 file (.h5), as Keras writes models')
}

/** The names of a ZIP archive's entries stand in clear text at its beginning and its end. */
function zip(bytes: Uint8Array): ForeignFile {
  const words = ends(bytes)
  if (/model\.weights\.h5|metadata\.json/.test(words)) return model('a Keras model (.keras)')
  if (/data\.pkl/.test(words)) return model('a PyTorch file (.pt, .pth)')
  if (/\.npy/.test(words)) return data('NumPy arrays (.npz)')
  return { what: 'a ZIP archive', holds: 'other' }
}

function pickle(bytes: Uint8Array): ForeignFile {
  const torch = latin(bytes.subarray(2, 14)).startsWith('\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19')
  return torch || ends(bytes).includes('torch')
    ? model('a PyTorch file (.pt, .pth)')
    : model('a Python pickle, as PyTorch and scikit-learn write models')
}

/** ONNX has no signature: its first field is a small version number, followed by one of the other fields of a model. */
function protobuf(bytes: Uint8Array): ForeignFile | undefined {
  const [tag, version = 0, next = 0] = bytes
  if (tag !== 0x08 || version < 1 || version > 32) return undefined
  if (version === 1 && next === 0x12) return model('a TensorFlow SavedModel (.pb)')
  return [0x12, 0x1a, 0x22, 0x28, 0x32, 0x3a, 0x42].includes(next)
    ? model('an ONNX model (.onnx)')
    : undefined
}

function text(bytes: Uint8Array): ForeignFile | undefined {
  const head = latin(bytes.subarray(0, REACH)).replace(/^\xef\xbb\xbf/, '')
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what no text has
  if (!head.trim() || /[\x00-\x08\x0e-\x1f\x7f]/.test(head)) return undefined
  if (!/^\s*[{[]/.test(head)) return /[,;\t]/.test(head) ? data('a text file, perhaps a table') : undefined
  if (/"(modelTopology|class_name)"/.test(head)) return model('a Keras or TensorFlow.js model as JSON')
  if (/"type"\s*:/.test(head))
    return { what: 'a spec, which describes a model but has no weights', holds: 'spec' }
  return { what: 'a JSON file', holds: 'other' }
}

function starts(bytes: Uint8Array, signature: string): boolean {
  return latin(bytes.subarray(0, signature.length)) === signature
}

/** Both ends of a file as text. */
function ends(bytes: Uint8Array): string {
  return latin(bytes.subarray(0, REACH)) + latin(bytes.subarray(Math.max(REACH, bytes.length - REACH)))
}

/** A character a byte, which no decoder promises. In pieces, since a call takes only so many arguments. */
function latin(bytes: Uint8Array): string {
  let characters = ''
  for (let i = 0; i < bytes.length; i += 8192)
    characters += String.fromCharCode(...bytes.subarray(i, i + 8192))
  return characters
}
