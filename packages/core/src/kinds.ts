/** Site of things that need to know nothing of their surroundings. */
export type Anywhere = undefined

/**
 * What each kind of spec builds into, and from what. Each kind is added in the file that declares what it builds;
 * a package may bring a kind of its own.
 */
// biome-ignore lint/suspicious/noEmptyInterface: augmentable
export interface Kinds {}
