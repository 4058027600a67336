import { definePlugin, type SpecsOf } from '@sandglass/core'
import { version } from '../../package.json'
import { csvLog } from './csv-log'
import { jsonlLog } from './jsonl-log'
import { modelCheckpoint } from './model-checkpoint'
import { tensorBoard } from './tensor-board'

const callbacks = [csvLog, jsonlLog, modelCheckpoint, tensorBoard] as const

declare module '../callbacks/callback' {
  interface CallbackSpecs extends SpecsOf<typeof callbacks> {}
}

/** What needs Node: callbacks that write files. */
export const trainerNode = definePlugin({
  name: '@sandglass/trainer/node',
  version,
  apiVersion: 1,
  definitions: [...callbacks],
  requires: ['@sandglass/trainer'],
})
