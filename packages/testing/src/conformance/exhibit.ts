import type { Exhibit, ExhibitMaker } from '@sandglass/core'
import type { ExhibitCase } from './cases'
import { type AsyncChecker, demand } from './checker'

/** Exhibits with names, captions and titles, the same twice, and not a number in them that is not finite. */
export async function checkExhibit(
  { check }: AsyncChecker,
  make: ExhibitMaker,
  { input }: ExhibitCase,
): Promise<void> {
  let exhibits: readonly Exhibit[] = []
  await check('exhibits', async () => {
    exhibits = await make(input)
    demand(exhibits.length > 0, 'it shows nothing of its case')
    for (const { name, caption, data } of exhibits) {
      demand(name.trim().length > 0, 'an exhibit has no name')
      demand(caption.trim().length > 0, `"${name}" has no caption`)
      demand(data.title.trim().length > 0, `"${name}" has no title`)
    }
    const names = exhibits.map(({ name }) => name)
    demand(new Set(names).size === names.length, `names come twice: ${names.join(', ')}`)
  })
  await check('plain data', () => {
    for (const { name, data } of exhibits) walk(data, name)
  })
  await check('determinism', async () =>
    demand(show(await make(input)) === show(exhibits), 'it shows something else the second time'),
  )
}

function walk(value: unknown, path: string): void {
  if (typeof value === 'number') demand(!Number.isNaN(value), `${path} is NaN`)
  else if (ArrayBuffer.isView(value)) walk(Array.from(value as Float32Array), path)
  else if (typeof value === 'object' && value !== null)
    for (const [key, child] of Object.entries(value)) walk(child, `${path}.${key}`)
  else demand(typeof value !== 'function', `${path} is a function`)
}

function show(exhibits: readonly Exhibit[]): string {
  return JSON.stringify(exhibits, (_, value) =>
    ArrayBuffer.isView(value) ? Array.from(value as Float32Array) : value,
  )
}
