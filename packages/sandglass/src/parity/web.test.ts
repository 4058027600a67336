import { describe, test } from 'vitest'
import { compare } from './definitions-agree'
import { registry } from './fixture'
import { wholeModels } from './whole-models'

// onnxruntime-web in Node: the compiled graphs without native code.

const web = registry.build('backend', 'onnxruntime-web')

describe('whole models on onnxruntime-web', () => {
  test.each(
    wholeModels.filter(([name]) => /KL|Adam$|convolutional|sequence|contractive/i.test(name)).slice(0, 6),
  )('%s', async (_, one) => {
    await compare(web, one)
  })
})
