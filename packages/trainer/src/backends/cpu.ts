import { cpuName, define } from '@sandglass/core'
import { engine } from '@tensorflow/tfjs-core'
import { z } from 'zod'
import { startTfBackend } from '../eager/use-backend'
import { createEagerBackend } from './eager-backend'
import { missingPeer } from './missing-peer'

/** Plain JavaScript on one thread: slow, but it runs everything everywhere. */
export const cpu = define('backend', {
  type: 'cpu',
  description: 'plain JavaScript on one thread: runs everywhere, slowly',
  aliases: { type: ['js', 'javascript'] },
  schema: z.strictObject({}),
  build: () =>
    createEagerBackend({
      id: 'cpu',
      preference: 10,
      load: async () => {
        const peer = await importPackage()
        if (!('module' in peer)) return peer
        await startTfBackend('cpu')
        // Otherwise it prints a banner in Node that recommends another package at its first tensor.
        ;(engine().findBackend('cpu') as { firstUse?: boolean }).firstUse = false
        return { available: true, tfBackend: 'cpu', device: `JavaScript, 1 thread, ${cpuName()}` }
      },
    }),
})

async function importPackage() {
  try {
    return { module: await import('@tensorflow/tfjs-backend-cpu') }
  } catch (error) {
    return missingPeer('@tensorflow/tfjs-backend-cpu', error)
  }
}
