// `npm run -s vectors -- FILE...`: holds our codecs against bytes that Kafka's and ZooKeeper's own classes wrote. Each line of a file
// (JSON lines, gzip or plain) is decoded, every field compared with the JSON beside the bytes, encoded again and the bytes compared.
// What is compared for which kind of line is said in vectors/*-vector.ts. Names each failure, ends with `N passed, M failed`.
import { checkFile } from './vectors/check-file.ts'
import type { VectorTotals } from './vectors/check-file.ts'

const files = process.argv.slice(2)
if (files.length === 0) {
  process.stderr.write('usage: npm run -s vectors -- FILE...\n')
  process.exit(1)
}
const totals: VectorTotals = { passed: 0, failed: 0, skipped: 0 }
for (const file of files) {
  await checkFile(file, totals, (failure) => process.stdout.write(`FAILED ${failure}\n`))
}
const skipped = totals.skipped === 0 ? '' : `, ${totals.skipped} skipped`
process.stdout.write(`${totals.passed} passed, ${totals.failed} failed${skipped}\n`)
process.exitCode = totals.failed === 0 ? 0 : 1
