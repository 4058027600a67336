// Each package alone, by its name and a range: everything that it needs resolves, no peer is in the way, and there is
// one copy of what must be one.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const ALONE = /(^|node_modules\/)(@sandglass\/[^/]+|@tensorflow\/tfjs-core)$/

export async function play({ note, released, machines }) {
  for (const { node, project } of machines)
    await note(`each package alone, by name and range, Node ${node}`, async () => {
      const counts = []
      for (const { name, version } of released) {
        const install = `npm install --package-lock-only --strict-peer-deps ${name}@^${version}`
        const { folder } = await project(['npm init -y', install])
        const { packages } = JSON.parse(readFileSync(join(folder, 'package-lock.json'), 'utf8'))
        const needed = Object.entries(packages).filter(
          ([path, { optional, peer }]) => path && !optional && !peer,
        )
        const copies = Object.keys(packages).filter((path) => ALONE.test(path))
        assert.equal(new Set(copies.map((path) => ALONE.exec(path)[2])).size, copies.length, copies.join())
        counts.push(`${name} with ${needed.length - 1}`)
      }
      return `${counts.join(', ')} others`
    })
}
