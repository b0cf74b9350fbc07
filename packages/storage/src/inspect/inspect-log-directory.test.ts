import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Simulation } from '@odradek/env-sim'
import { encodeRecordBatch } from '@odradek/kafka-protocol'
import { defaultLogConfig } from '../log-config.ts'
import { LogManager } from '../host/log-manager.ts'
import { inspectLogDirectory } from './inspect-log-directory.ts'

const path = '/logs'

async function directoryWithLog() {
  const simulation = new Simulation({ seed: 1 })
  const { env } = simulation.machine('broker')
  const manager = new LogManager(env, {
    directories: [path],
    brokerId: 1,
    configOf: () => ({ ...defaultLogConfig, segmentBytes: 400, indexIntervalBytes: 0 }),
    onDirectoryFailure: () => undefined,
  })
  manager.open()
  manager.writeMetaProperties('the-cluster')
  await simulation.runUntil(manager.start())
  const log = manager.getOrCreate('t', 0)
  for (let count = 0; count < 6; count++) {
    const records = encodeRecordBatch({ records: [{ value: Buffer.alloc(100), timestampMs: 0 }] })
    log.appendAsLeader(records, { leaderEpoch: 0, origin: 'client', nowMs: 0 })
  }
  await simulation.runUntil(manager.close())
  const inspect = (scan = true) => simulation.runUntil(inspectLogDirectory(env, path, { scan }))
  const names = env.disk.listSync(`${path}/t-0`)
  return { env, inspect, names }
}

test('a directory that was closed in good order has nothing wrong with it', async () => {
  const { inspect, names } = await directoryWithLog()
  const found = await inspect()
  assert.deepEqual(found.problems, [])
  assert.deepEqual(found.oddities, [])
  assert.equal(found.hadCleanShutdown, true)
  assert.deepEqual([found.brokerId, found.clusterId], [1, 'the-cluster'])
  assert.equal(found.logs[0]?.segments, names.filter((name) => name.endsWith('.log')).length)
  assert.equal(found.logs[0]?.endOffset, 6)
  assert.equal(found.logs[0]?.scannedBatches, 6)
  assert.equal((await inspect(false)).logs[0]?.scannedBatches, 0)
})

test('what is damaged is found, with what becomes of it', async () => {
  const { env, inspect, names } = await directoryWithLog()
  const segments = names.filter((name) => name.endsWith('.log'))
  assert.ok(segments.length > 1)
  const damage = (name: string, change: (content: Buffer) => Buffer): void =>
    env.disk.writeFileAtomicSync(
      `${path}/t-0/${name}`,
      change(Buffer.from(env.disk.readFileSync(`${path}/t-0/${name}`))),
    )
  damage(segments[0] ?? '', (content) => {
    content[80] = (content[80] ?? 0) ^ 1
    return content
  })
  damage(segments.at(-1) ?? '', (content) => Buffer.concat([content, Buffer.alloc(7)]))
  damage((segments[0] ?? '').replace('.log', '.index'), (content) => content.subarray(1))
  env.disk.writeFileAtomicSync(`${path}/recovery-point-offset-checkpoint`, Buffer.from('0\n2\nt 0 99\ngone 3 5\n'))
  env.disk.writeFileAtomicSync(`${path}/log-start-offset-checkpoint`, Buffer.from('rubbish'))
  const { problems, oddities } = await inspect()
  for (const expected of [
    /t-0: 0+\.log: the batch at byte 0 \(offset 0\) is damaged: its CRC does not fit/,
    /t-0: 0+\.index is damaged; delete it/,
    /t-0: recovery-point-offset-checkpoint says 99, but the log ends at 6: records are missing/,
    /log-start-offset-checkpoint/,
  ]) {
    assert.ok(
      problems.some((problem) => expected.test(problem)),
      `${String(expected)} in ${problems.join('\n')}`,
    )
  }
  for (const expected of [/the last 7 bytes of \d+\.log are no whole batch/, /names gone-3, which is not there/]) {
    assert.ok(
      oddities.some((oddity) => expected.test(oddity)),
      `${String(expected)} in ${oddities.join('\n')}`,
    )
  }
})

test('a copy on its way to become a log is looked at as a log', async () => {
  const { env, inspect } = await directoryWithLog()
  const name = `t-0.${'0a'.repeat(16)}-future`
  env.disk.renameSync(`${path}/t-0`, `${path}/${name}`)
  const { logs, problems, oddities } = await inspect()
  assert.deepEqual([logs.map((log) => log.name), logs[0]?.endOffset, problems], [[name], 6, []])
  assert.deepEqual(oddities, [`${name} is a copy on its way here from another log directory; a start goes on with it`])
})
