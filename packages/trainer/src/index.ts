export * from './optimizers/index'
export { trainer } from './plugin'
export * from './schedules/index'
export type {} from './specs-augment'
