// What is in the tarballs: the licence, a README, code that runs, and a manifest that says where it all comes from.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { root } from '../setup.mjs'
import { packagesOf } from './frame/release.mjs'

export async function play({ note, registry }) {
  for (const { manifest: source } of packagesOf(root)) {
    const { document, tarballs } = registry.published.get(source.name)
    await note(`tarball of ${source.name}`, () => {
      const manifest = document.versions[document['dist-tags'].latest]
      if (source.version === '0.0.0') assert.equal(manifest.version, '0.1.0', 'the first version')
      assert.equal(manifest.license, 'MIT')
      assert.equal(manifest.repository?.directory, `packages/${source.name.replace(/.*\//, '')}`)
      assert.equal(source.publishConfig.provenance, true, 'provenance')
      const ranges = Object.values({ ...manifest.dependencies, ...manifest.peerDependencies })
      for (const range of ranges) assert.match(range, /^[\^~\d]/, 'ranges that npm can resolve')
      const [tarball] = tarballs.values()
      const read = (...args) => execFileSync('tar', args, { input: tarball, encoding: 'utf8' })
      const files = read('-tz').trim().split('\n')
      assert.match(read('-xzO', 'package/LICENSE'), /^MIT License/)
      assert.ok(files.includes('package/README.md'), 'a README')
      const odd = files.filter((file) => /\.test\.|\/testing\/|\/src\//.test(file))
      assert.deepEqual(odd, [], 'no tests and no sources')
      return `${manifest.version}, MIT, ${files.length} files, ${Math.round(tarball.length / 1000)} kB`
    })
  }
}
