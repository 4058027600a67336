import { type Unavailable, unavailable } from './eager-backend'

export type TensorflowPackage = '@tensorflow/tfjs-node' | '@tensorflow/tfjs-node-gpu'

/** What came of loading one of the packages. */
export interface LoadOutcome {
  /** False when the package cannot be resolved. */
  readonly installed: boolean
  /** False when its native part is missing. */
  readonly built?: boolean
  /** Text of the error, if it threw. */
  readonly error?: string
  /** What TensorFlow wrote to stderr meanwhile. */
  readonly log?: string
  /** Whether TensorFlow lists a GPU among its devices. */
  readonly usesGpu?: boolean
}

export type Classified =
  | { readonly kind: 'ok'; readonly gpu?: string }
  | {
      readonly kind: 'not-installed' | 'no-binding' | 'no-library' | 'no-cuda' | 'no-gpu' | 'broken'
      readonly why: Unavailable
    }

const MISSING_LIBRARY = /(lib[\w+.-]+?\.so[\w.]*): cannot open shared object file/
const SKIPPED_LIBRARY = /Could not load dynamic library '([^']+)'/g
const CUDA_LIBRARY = /^lib(cud|cublas|cufft|curand|cusolver|cusparse|nv|nccl)/
const GPU_NAME = /Created device \S*GPU:0 .*?name: (.+?), pci bus id/
const CUDA_ADVICE =
  'tfjs-node-gpu 4.22 is built for CUDA 11.2 and cuDNN 8.1: install these and put their folders in LD_LIBRARY_PATH. Or use webgpu, which needs no CUDA.'

/**
 * Tells apart the ways in which tfjs-node and tfjs-node-gpu fail. The worst one is silent: without CUDA or without a
 * GPU, tfjs-node-gpu loads and computes on the CPU.
 */
export function classifyTensorflow(name: TensorflowPackage, outcome: LoadOutcome): Classified {
  const { installed, built = true, error, log = '', usesGpu } = outcome
  const wantsGpu = name === '@tensorflow/tfjs-node-gpu'
  if (!installed)
    return {
      kind: 'not-installed',
      why: unavailable(
        `the package ${name} is not installed`,
        wantsGpu
          ? `Run: npm install ${name}. ${CUDA_ADVICE}`
          : `Run: npm install --ignore-scripts ${name} && npx sandglass setup tensorflow`,
      ),
    }
  if (!built)
    return {
      kind: 'no-binding',
      why: unavailable(`the native part of ${name} has not been built`, setupAdvice(name)),
    }
  if (error !== undefined) return classifyError(name, error)
  if (!wantsGpu) return { kind: 'ok' }
  if (usesGpu) return { kind: 'ok', gpu: GPU_NAME.exec(log)?.[1] }
  const skipped = [...log.matchAll(SKIPPED_LIBRARY)]
    .map(([, library]) => library!)
    .filter((l) => CUDA_LIBRARY.test(l))
  // TensorRT is optional, and without it nothing is lost.
  const needed = [...new Set(skipped)].filter((library) => !/^libnvinfer/.test(library))
  if (needed.length > 0)
    return {
      kind: 'no-cuda',
      why: unavailable(
        `CUDA is not there (${needed.join(', ')}), so TensorFlow would compute on the CPU`,
        CUDA_ADVICE,
      ),
    }
  const detail = /CUDA_ERROR_\w+/.exec(log)?.[0]
  return {
    kind: 'no-gpu',
    why: unavailable(
      `TensorFlow finds no NVIDIA GPU${detail ? ` (${detail})` : ''} and would compute on the CPU`,
      'Check with nvidia-smi that the GPU and its driver (450 or newer) work; CUDA_VISIBLE_DEVICES may hide it.',
    ),
  }
}

function classifyError(name: TensorflowPackage, error: string): Classified {
  const setup = setupAdvice(name)
  const library = MISSING_LIBRARY.exec(error)?.[1]
  if (library && CUDA_LIBRARY.test(library))
    return { kind: 'no-cuda', why: unavailable(`CUDA is not there (${library})`, CUDA_ADVICE) }
  if (library) return { kind: 'no-library', why: unavailable(`the library ${library} is missing`, setup) }
  const line = error.split('\n').find((l) => l.trim() !== '') ?? 'no message'
  return { kind: 'broken', why: unavailable(`${name} does not load: ${line.trim()}`, setup) }
}

function setupAdvice(name: TensorflowPackage): string {
  return name === '@tensorflow/tfjs-node'
    ? 'Run: npx sandglass setup tensorflow'
    : `Run: npm rebuild ${name} --build-addon-from-source`
}
