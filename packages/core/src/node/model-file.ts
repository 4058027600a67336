import { buildModel, encodeModel, inspectModel, type ModelFile } from '../io/model-file'
import type { Registry } from '../registry'
import { writeFileAtomic } from './atomic-write'
import { readWholeFile } from './read-file'

/**
 * Saves a model and its weights as one safetensors file, whole or not at all.
 *
 * Throws `SandglassError`: `data` when the weights are not those of the model, `file` when it cannot be written.
 */
export async function saveModel(path: string, file: ModelFile): Promise<void> {
  await writeFileAtomic(path, encodeModel(file))
}

/**
 * Loads a model file, importing the lazy definitions that it needs.
 *
 * Throws `SandglassError`: `file` when it is missing, no file, truncated, damaged or of a newer format, `plugin` when
 * the registry lacks a plugin that the model uses.
 */
export async function loadModel(path: string, registry: Registry): Promise<Required<ModelFile>> {
  const contents = inspectModel(await readWholeFile(path), path)
  await registry.load(contents.spec)
  return buildModel(contents, registry, path)
}
