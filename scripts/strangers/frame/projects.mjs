// Empty folders in which somebody has installed something, each made once and shared by the checks that want it.
import { execFileSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { bareEnvironment } from '../../bare.mjs'
import { execute } from './execute.mjs'

/** `{ project, dispose }` for one version of Node (of `nodeOfVersion`): a bare environment that has this registry. */
export function createProjects(node, registry) {
  const bare = bareEnvironment({ node })
  // What is not ours may come out of this machine's cache. The script of onnxruntime-node would fetch CUDA's libraries.
  const cache = execFileSync('npm', ['config', 'get', 'cache'], { encoding: 'utf8' }).trim()
  const env = {
    ...bare.env,
    npm_config_registry: registry,
    npm_config_cache: cache,
    ONNXRUNTIME_NODE_INSTALL: 'skip',
  }
  const made = new Map()

  async function make(name, commands) {
    const folder = join(bare.home, name)
    mkdirSync(folder)
    const run = (command, args, options) => execute(command, args, { cwd: folder, env, ...options })
    for (const line of commands) {
      const [command, ...args] = line.split(/\s+/)
      await run(command, args)
    }
    return { folder, run }
  }

  return {
    node: node.version,
    /** What was an empty folder before these commands: `{ folder, run(command, args) }`, whose `run` gives `{ stdout, stderr }`. */
    project(lines) {
      const commands = lines.map((line) => line.replace(/\s+#.*$/, '').trim())
      const key = commands.join('\n')
      if (!made.has(key)) made.set(key, make(`project-${made.size + 1}`, commands))
      return made.get(key)
    },
    dispose: bare.dispose,
  }
}
