import { describe, expect, test } from 'vitest'
import { classifyTensorflow, type LoadOutcome, type TensorflowPackage } from './classify-tensorflow'

const GPU = '@tensorflow/tfjs-node-gpu'
const CPU = '@tensorflow/tfjs-node'

// Texts as the loaders of these packages and TensorFlow 2.9 to 2.16 wrote them on machines of all kinds, shortened.
const NO_CUDART = `2024-08-24 15:40:49.279326: W tensorflow/stream_executor/platform/default/dso_loader.cc:64] Could not load dynamic library 'libcudart.so.11.0'; dlerror: libcudart.so.11.0: cannot open shared object file: No such file or directory
2024-08-24 15:40:49.279356: I tensorflow/stream_executor/cuda/cudart_stub.cc:29] Ignore above cudart dlerror if you do not have a GPU set up on your machine.
`
const PARTIAL_CUDA = `2024-06-19 16:06:44.995157: I tensorflow/stream_executor/platform/default/dso_loader.cc:49] Successfully opened dynamic library libcudart.so.11.0
2024-06-19 16:06:44.996032: W tensorflow/stream_executor/platform/default/dso_loader.cc:60] Could not load dynamic library 'libcusolver.so.11'; dlerror: libnvJitLink.so.12: cannot open shared object file: No such file or directory
2024-06-19 16:06:44.996033: W tensorflow/stream_executor/platform/default/dso_loader.cc:60] Could not load dynamic library 'libnvinfer.so.7'; dlerror: libnvinfer.so.7: cannot open shared object file: No such file or directory
2024-06-19 16:06:44.996140: W tensorflow/core/common_runtime/gpu/gpu_device.cc:1689] Cannot dlopen some GPU libraries. Please make sure the missing libraries mentioned above are installed properly if you would like to use GPU.
`
const NO_DEVICE = `2023-11-28 16:42:02.591947: E tensorflow/stream_executor/cuda/cuda_driver.cc:328] failed call to cuInit: CUDA_ERROR_NO_DEVICE: no CUDA-capable device is detected
2023-11-28 16:42:02.592010: I tensorflow/stream_executor/cuda/cuda_diagnostics.cc:169] retrieving CUDA diagnostic information for host: idun-06-18
`
const CREATED = `2023-02-01 10:00:00.000000: I tensorflow/core/common_runtime/gpu/gpu_device.cc:1532] Created device /job:localhost/replica:0/task:0/device:GPU:0 with 10415 MB memory:  -> device: 0, name: NVIDIA GeForce GTX 1080 Ti, pci bus id: 0000:01:00.0, compute capability: 6.1
`

const cases: [string, TensorflowPackage, LoadOutcome, string, RegExp, RegExp][] = [
  [
    'not installed',
    GPU,
    { installed: false },
    'not-installed',
    /tfjs-node-gpu is not installed/,
    /^Run: npm install @tensorflow\/tfjs-node-gpu\. .*CUDA 11\.2 and cuDNN 8\.1/,
  ],
  [
    'not installed',
    CPU,
    { installed: false },
    'not-installed',
    /tfjs-node is not installed/,
    /^Run: npm install --ignore-scripts @tensorflow\/tfjs-node && npx sandglass setup tensorflow$/,
  ],
  [
    'no binding',
    GPU,
    { installed: true, built: false },
    'no-binding',
    /native part of @tensorflow\/tfjs-node-gpu has not been built/,
    /npm rebuild @tensorflow\/tfjs-node-gpu/,
  ],
  [
    'no binding',
    CPU,
    { installed: true, built: false },
    'no-binding',
    /native part/,
    /^Run: npx sandglass setup tensorflow$/,
  ],
  [
    'no libtensorflow',
    CPU,
    {
      installed: true,
      error: 'libtensorflow.so.2: cannot open shared object file: No such file or directory',
    },
    'no-library',
    /libtensorflow\.so\.2 is missing/,
    /setup tensorflow/,
  ],
  [
    'CUDA linked but absent',
    GPU,
    {
      installed: true,
      error: 'libcudart.so.11.0: cannot open shared object file: No such file or directory',
    },
    'no-cuda',
    /CUDA is not there \(libcudart\.so\.11\.0\)/,
    /LD_LIBRARY_PATH/,
  ],
  [
    'CUDA absent, silently',
    GPU,
    { installed: true, usesGpu: false, log: NO_CUDART + NO_DEVICE },
    'no-cuda',
    /CUDA is not there \(libcudart\.so\.11\.0\), so TensorFlow would compute on the CPU/,
    /webgpu, which needs no CUDA/,
  ],
  [
    'CUDA in part, silently',
    GPU,
    { installed: true, usesGpu: false, log: PARTIAL_CUDA },
    'no-cuda',
    /\(libcusolver\.so\.11\)/,
    /CUDA 11\.2/,
  ],
  [
    'no GPU, silently',
    GPU,
    { installed: true, usesGpu: false, log: NO_DEVICE },
    'no-gpu',
    /finds no NVIDIA GPU \(CUDA_ERROR_NO_DEVICE\) and would compute on the CPU/,
    /nvidia-smi/,
  ],
  [
    'no GPU and no word about it',
    GPU,
    { installed: true, usesGpu: false },
    'no-gpu',
    /finds no NVIDIA GPU and would/,
    /CUDA_VISIBLE_DEVICES/,
  ],
  [
    'something else',
    CPU,
    { installed: true, error: "\n/lib/x86_64-linux-gnu/libc.so.6: version `GLIBC_2.34' not found\nat x" },
    'broken',
    /does not load: \/lib\/x86_64-linux-gnu\/libc\.so\.6: version `GLIBC_2\.34' not found$/,
    /setup tensorflow/,
  ],
]

describe('tells apart', () => {
  test.each(cases)('%s: %s', (_, name, outcome, kind, reason, advice) => {
    const result = classifyTensorflow(name, outcome)
    expect(result.kind).toBe(kind)
    if (result.kind === 'ok') throw new Error('it must not pass for well')
    expect(result.why).toMatchObject({ available: false })
    expect(result.why.reason).toMatch(reason)
    expect(result.why.advice).toMatch(advice)
  })

  test('a GPU in use, by name', () => {
    const outcome = { installed: true, usesGpu: true, log: CREATED }
    expect(classifyTensorflow(GPU, outcome)).toEqual({ kind: 'ok', gpu: 'NVIDIA GeForce GTX 1080 Ti' })
    expect(classifyTensorflow(GPU, { installed: true, usesGpu: true })).toEqual({
      kind: 'ok',
      gpu: undefined,
    })
    expect(classifyTensorflow(CPU, { installed: true })).toEqual({ kind: 'ok' })
  })
})
