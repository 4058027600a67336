import { SandglassError } from '@sandglass/core'
import {
  type BackendValues,
  DataStorage,
  type DataType,
  KernelBackend,
  type TensorInfo,
} from '@tensorflow/tfjs-core'
import { type DType, makeValue, type Node, type Value } from '../graph/graph'

/**
 * A tfjs backend that computes nothing: its kernels append nodes to a list, so that any code written in tfjs ops,
 * automatic differentiation included, describes a graph.
 */
export class RecordingBackend extends KernelBackend {
  readonly nodes: Node[] = []
  private readonly values = new DataStorage<Value>(this, {
    moveData: (_, dataId) => {
      throw new SandglassError('backend', 'a tensor from another backend was used while tracing', {
        got: `data ${JSON.stringify(dataId)}`,
        advice: 'Pass tensors in as weights, batch fields or constants made inside the traced function.',
      })
    },
  })

  /** Registers a value as a tensor's data. */
  track(value: Value, dtype: DataType): TensorInfo {
    const dataId = {}
    this.values.set(dataId, value)
    return { dataId, shape: [...value.shape], dtype }
  }

  traced({ dataId, shape }: TensorInfo): Value {
    const value = this.values.get(dataId)
    if (value.shape.length === shape.length && value.shape.every((extent, i) => extent === shape[i]))
      return value
    throw new Error(`traced value of shape [${value.shape}] seen as [${shape}]`)
  }

  override write(values: BackendValues, shape: number[], dtype: DataType): object {
    const dataId = {}
    this.values.set(dataId, makeValue(shape, dtype as DType, compact(values as Float32Array)))
    return dataId
  }

  override move(dataId: object, values: BackendValues, shape: number[], dtype: DataType): void {
    this.values.set(dataId, makeValue(shape, dtype as DType, compact(values as Float32Array)))
  }

  override readSync(): never {
    throw new SandglassError('backend', 'a tensor was read while its step was being traced', {
      expected: 'pure tensor maths, in which no value is known before the graph runs',
      advice:
        'Do not call data(), dataSync(), print() or array() in layers, losses or optimizers; branch with tf.where instead.',
    })
  }

  override async read(): Promise<never> {
    return this.readSync()
  }

  override disposeData(dataId: object): boolean {
    if (this.values.has(dataId)) this.values.delete(dataId)
    return true
  }

  override incRef(): void {}
  override refCount(): number {
    return 1
  }
  override numDataIds(): number {
    return this.values.numDataIds()
  }
  override memory() {
    return { unreliable: true }
  }
  override floatPrecision(): 32 {
    return 32
  }
  override epsilon(): number {
    return 1e-7
  }
  override timerAvailable(): boolean {
    return true
  }
  override dispose(): void {}
}

/** One element stands for a constant filled with it. */
function compact(values: ArrayLike<number>): number[] {
  let alike = 1
  while (alike < values.length && Object.is(values[alike], values[0])) alike++
  return alike > 1 && alike === values.length ? [Number(values[0])] : Array.from(values, Number)
}
