/** Operators whose output can be their input's memory, in another shape or the same. */
export const VIEWS: ReadonlySet<string> = new Set(['Reshape', 'Identity', 'Flatten', 'Squeeze', 'Unsqueeze'])
