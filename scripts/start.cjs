// The quick way to the `odradek` command, on the project's own Node: from its pack, if there is one of the sources as they are. All else is left to
// the bootstrap.
// Usage: node scripts/start.cjs [ARGUMENT ...]
'use strict'
const { findPack, packedEntry } = require('./pack.cjs')
const { runPack } = require('./run-pack.cjs')

const root = __dirname.slice(0, -'/scripts'.length)
const args = process.argv.slice(2)
const pack = findPack(root, args)
if (pack?.endsWith('.cjs') === true) void runPack(root, pack, args)
else {
  process.argv.splice(1, process.argv.length, `${__dirname}/run.mjs`, packedEntry, ...args)
  void import('./run.mjs')
}
