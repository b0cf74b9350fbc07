// `npm test [-- PATTERN ...]`: all tests of all packages in one process, by Node's own runner.
import { spawnSync } from 'node:child_process'
import { globSync } from 'node:fs'

const patterns = process.argv.slice(2)
const files = globSync(['packages/*/{src,test}/**/*.test.ts', 'tools/**/*.test.ts'])
  .filter((file) => patterns.length === 0 || patterns.some((pattern) => file.includes(pattern)))
  .sort()
if (files.length === 0) {
  process.stderr.write(`no test file matches ${patterns.join(' ')}\n`)
  process.exit(1)
}
const result = spawnSync(
  process.execPath,
  ['--conditions=source', '--disable-warning=ExperimentalWarning', '--test', '--test-isolation=none', ...files],
  { stdio: 'inherit' },
)
process.exit(result.status ?? 1)
