import { existsSync, readdirSync } from 'node:fs'
import { expect, test, vi } from 'vitest'
import { bareEnvironment, nodesToTry } from './bare.mjs'

test('a bare environment has the programs of the system, an empty home, and no package manager but npm', () => {
  const bare = bareEnvironment({ absent: ['git'] })
  try {
    expect(readdirSync(bare.home)).toEqual([])
    expect(bare.env).toMatchObject({ HOME: bare.home })
    expect(bare.run('node', ['-p', '6 * 7']).stdout).toBe('42\n')
    expect(bare.run('npm', ['--version'])).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/^\d+\./),
    })
    for (const name of ['pnpm', 'yarn', 'corepack', 'turbo', 'tsc', 'git'])
      expect(() => bare.run(name, ['--version']), name).toThrow('ENOENT')
  } finally {
    bare.dispose()
  }
  expect(existsSync(bare.home)).toBe(false)
})

test('the oldest and the newest Node are tried, or those that are asked for', () => {
  const tried = (wanted?: string) => {
    vi.stubEnv('SANDGLASS_NODES', wanted)
    return nodesToTry()
  }
  expect(tried()).toEqual(['20.19.0', 'latest'])
  expect(tried('all')).toEqual(['20.19.0', '22', '24', 'latest'])
  expect(tried('22,24')).toEqual(['22', '24'])
  vi.unstubAllEnvs()
})
