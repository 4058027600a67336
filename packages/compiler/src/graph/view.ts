import type { Node, Value } from './graph'

/** Operators whose output can be their input's memory, in another shape or the same. */
export const VIEWS: ReadonlySet<string> = new Set(['Reshape', 'Identity', 'Flatten', 'Squeeze', 'Unsqueeze'])

/** The value that another is a view of, through all views. */
export function behindViews(value: Value, producer: (value: Value) => Node | undefined): Value {
  const node = producer(value)
  return node && VIEWS.has(node.op) ? behindViews(node.inputs[0]!, producer) : value
}
