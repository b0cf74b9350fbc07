// `npm run docs:api`: the API reference of the client and of its kafkajs face, by typedoc, in .cache/docs-api. Typedoc needs a compiler with an API, which the
// project's own has not: both are brought at fixed versions into .cache.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync } from 'node:fs'
import path from 'node:path'
import process from 'node:process'

const root = path.resolve(import.meta.dirname, '..')
const home = path.join(root, '.cache', 'typedoc')
const output = path.join(root, '.cache', 'docs-api')
const wanted = ['typedoc@0.28.20', 'typescript@6.0.3']
const entryPoints = ['packages/client/src/index.ts', 'packages/client/src/node.ts', 'packages/kafkajs/src/index.ts']

function run(command: string, args: readonly string[], cwd: string): void {
  const { status } = spawnSync(command, args, { cwd, stdio: 'inherit' })
  if (status !== 0) process.exit(status ?? 1)
}

if (!existsSync(path.join(home, 'node_modules', 'typedoc'))) {
  mkdirSync(home, { recursive: true })
  run('npm', ['install', '--no-audit', '--no-fund', '--no-save', '--prefix', home, ...wanted], home)
}
const options = [
  '--name',
  'Odradek client',
  '--readme',
  'none',
  '--out',
  output,
  '--disableSources',
  '--skipErrorChecking',
]
const typedoc = path.join(home, 'node_modules', 'typedoc', 'bin', 'typedoc')
run(process.execPath, [typedoc, '--tsconfig', 'tsconfig.json', ...options, ...entryPoints], root)
