/**
 * State nearer to zero than this becomes zero. Moments of weights whose gradients have stopped fall at every step, and
 * below 1.2e-38 they are denormal numbers, which take a processor up to a hundred times as long. So do their products with
 * a learning rate, hence the margin.
 */
export const NEARLY_ZERO = 1e-34

const EVERY = 64

/**
 * Whether a session looks for such numbers at this update, counted from 1: only at every 64th, because that costs a pass
 * over memory, and a decay of 0.9 a step takes 86 from there to denormal numbers.
 */
export function clearsNearlyZero(iteration: number): boolean {
  return iteration % EVERY === 0
}

/** Sets to zero what is nearer to it than `NEARLY_ZERO`, in place; NaN stays. */
export function clearNearlyZero(data: Float32Array): void {
  for (let i = 0; i < data.length; i++) if (Math.abs(data[i]!) < NEARLY_ZERO) data[i] = 0
}
