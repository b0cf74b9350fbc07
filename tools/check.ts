// `npm run check`: types, lint, format and layers. Each is run even when one before it has failed.
import { spawnSync } from 'node:child_process'
import path from 'node:path'

const binaries = path.resolve('node_modules/.bin')
const steps: readonly (readonly [name: string, command: string, ...args: string[]])[] = [
  ['types', path.join(binaries, 'tsc')],
  ['lint', path.join(binaries, 'oxlint'), '--type-aware', '--deny-warnings'],
  ['format', path.join(binaries, 'oxfmt'), '--check', 'packages', 'tools', 'judges', 'bench', 'examples'],
  ['structure', process.execPath, '--disable-warning=ExperimentalWarning', 'tools/structure/report.ts'],
]
let failed = 0
for (const [name, command, ...args] of steps) {
  const result = spawnSync(command, args, { stdio: 'inherit' })
  if (result.status !== 0) failed++
  process.stdout.write(`${result.status === 0 ? 'ok' : 'FAILED'}: ${name}\n`)
}
process.stdout.write(`${steps.length - failed} passed, ${failed} failed\n`)
process.exit(failed === 0 ? 0 : 1)
