// `npm run example -- NAME [host:port]`: runs one of the examples beside this file.
import { readdirSync } from 'node:fs'
import { basename } from 'node:path'

const names = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith('.ts') && file !== 'run.ts' && file !== 'brokers.ts')
  .map((file) => basename(file, '.ts'))
const name = process.argv[2] ?? ''
if (!names.includes(name)) {
  process.stderr.write(`usage: npm run example -- NAME [host:port]; the names are ${names.join(', ')}\n`)
  process.exit(2)
}
await import(`./${name}.ts`)
