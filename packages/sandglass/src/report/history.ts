import type { HistoryRow } from './curves'

/** Whether a figure of an epoch is the loss of the same data again, under another name: its only part. */
export function repeatsLoss(name: string, entry: HistoryRow): boolean {
  const loss = name.startsWith('val_') ? 'val_loss' : 'loss'
  return name !== loss && entry[name] === entry[loss]
}
