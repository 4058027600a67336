import { autoencoder } from './autoencoder'

export { autoencoder }

export const models = [autoencoder] as const
