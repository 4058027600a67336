/** `f` of a value: at once when it is there, else when it comes. */
export function after<A, B>(value: A | Promise<A>, f: (value: A) => B): B | Promise<B> {
  return value instanceof Promise ? value.then(f) : f(value)
}

/** All values: at once when they are there, else when they come. */
export function together<A>(values: readonly (A | Promise<A>)[]): A[] | Promise<A[]> {
  const there = values.filter((value): value is A => !(value instanceof Promise))
  return there.length === values.length ? there : Promise.all(values)
}
