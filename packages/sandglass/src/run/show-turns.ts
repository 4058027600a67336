import { type Cycle, phasesOf, type Turns } from '@sandglass/core'

/** `critic ×4, critic + generator`; phases one after another, with where they begin. */
export function showTurns(turns: Turns): string {
  return phasesOf(turns)
    .map(({ from, turns: cycle, reset = [] }) => {
      const begins = !from
        ? ''
        : 'epoch' in from
          ? `from epoch ${from.epoch}: `
          : `from update ${from.step}: `
      return `${begins}${showCycle(cycle)}${reset.length ? ` (new optimizers: ${reset.join(', ')})` : ''}`
    })
    .join('; ')
}

function showCycle(cycle: Cycle): string {
  const runs: { names: string; count: number }[] = []
  for (const names of cycle.map((each) => each.join(' + '))) {
    const last = runs.at(-1)
    if (last?.names === names) last.count++
    else runs.push({ names, count: 1 })
  }
  return runs.map(({ names, count }) => (count > 1 ? `${names} ×${count}` : names)).join(', ')
}
