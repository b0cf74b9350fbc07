// What others have built on kafkajs 2.2.4, with `@odradek/kafkajs` where they ask for `kafkajs`: one small application of each in programs/.
// Then the types of both, name by name. KAFKAJS_PROGRAMS=nestjs runs one.
import { cpSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { cacheFolder, root } from '../lib/folders.ts'
import { installNpm } from '../lib/install-npm.ts'
import type { JudgeContext } from '../lib/judge.ts'
import { mustRun } from '../lib/run-command.ts'
import { startTarget } from '../lib/target.ts'
import { judgeTypes } from './types.ts'

const here = path.join(root, 'judges', 'kafkajs-programs')
const ours = path.join(root, 'packages', 'kafkajs', 'src', 'index.ts')
const programTimeoutMs = 60_000

const programs: readonly (readonly [file: string, what: string])[] = [
  ['nestjs.mjs', "NestJS 12's Kafka transport: requests with replies to two clients of one group, events, an error"],
  ['moleculer.cjs', '@moleculer/channels: own commits, redelivery, a dead-letter topic'],
  ['opentelemetry.cjs', "OpenTelemetry's instrumentation: spans of sends, messages and batches in one trace"],
  ['prometheus.cjs', 'kafkajs-prometheus-exporter: metrics made of the events'],
  ['schema-registry.cjs', '@kafkajs/confluent-schema-registry: Avro there and back'],
  ['codecs.cjs', 'kafkajs-snappy and kafkajs-lz4 registered; kafkajs with them reads the same, and is read'],
]

export async function judge({ report, target: kind }: JudgeContext): Promise<void> {
  const only = process.env['KAFKAJS_PROGRAMS'] ?? ''
  const installed = await installNpm(here, 'kafkajs-programs')
  const folder = path.join(cacheFolder('kafkajs-programs'), `run-${process.pid}`)
  await placeFace(installed, folder)
  const target = await startTarget(kind, { 'num.partitions': '3', 'group.initial.rebalance.delay.ms': '0' })
  try {
    for (const [file, what] of programs) {
      if (!file.includes(only)) continue
      await report.check(what, async () => {
        const args = ['--conditions=source', '--no-warnings', path.join(folder, file)]
        await mustRun(process.execPath, args, { timeoutMs: programTimeoutMs, env: { BOOTSTRAP: target.bootstrap } })
      })
    }
  } finally {
    await target.stop()
    target.remove()
  }
  if (only === '') await judgeTypes(report, folder)
  rmSync(folder, { recursive: true, force: true })
}

/** A copy of what is installed, with the face where kafkajs was, and kafkajs beside it as `kafkajs-original`. */
async function placeFace(installed: string, folder: string): Promise<void> {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder)
  const modules = path.join(folder, 'node_modules')
  // Links to the same files: nothing is written to them.
  await mustRun('cp', ['-al', path.join(installed, 'node_modules'), modules])
  const face = path.join(modules, 'kafkajs')
  renameSync(face, path.join(modules, 'kafkajs-original'))
  mkdirSync(face)
  const reexport = `export * from ${JSON.stringify(ours)}\nexport { default } from ${JSON.stringify(ours)}\n`
  writeFileSync(path.join(face, 'index.js'), reexport)
  const exports = { '.': './index.js', './package.json': './package.json' }
  writeFileSync(
    path.join(face, 'package.json'),
    JSON.stringify({ name: 'kafkajs', version: '2.2.4', type: 'module', exports }),
  )
  cpSync(path.join(here, 'programs'), folder, { recursive: true })
}
