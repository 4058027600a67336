import { binaryCrossentropy } from './binary-crossentropy'

export { binaryCrossentropy }

export const losses = [binaryCrossentropy] as const
