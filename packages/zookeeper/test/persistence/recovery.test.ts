import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Env } from '@odradek/base'
import { Simulation } from '@odradek/env-sim'
import { OpCode } from '@odradek/zookeeper-protocol'
import fc from 'fast-check'
import type { Proposal } from '../../src/core/pipeline/proposal.ts'
import { ServerState } from '../../src/core/server-state.ts'
import { decodeLogEntry, encodeLogEntry } from '../../src/core/transaction.ts'
import type { LogEntry, Transaction } from '../../src/core/transaction.ts'
import { openAcl } from '../../src/core/tree/acl-cache.ts'
import { DataDirectory } from '../../src/host/persistence/data-directory.ts'
import { PersistenceError } from '../../src/host/persistence/persistence-error.ts'
import { recover } from '../../src/host/persistence/recover.ts'
import { writeSnapshot } from '../../src/host/persistence/snapshot-writer.ts'
import { TransactionLog } from '../../src/host/persistence/transaction-log.ts'

const options = { tickMs: 2000, digestEnabled: true, nowMs: 0 }

/** Transactions as they come out of the pipeline: some that create, change and delete, sessions, and a failed one. */
function entriesOf(count: number): LogEntry[] {
  const transactions: Transaction[] = []
  const create = (path: string, data: string, ephemeral: boolean, parentCVersion: number): Transaction => ({
    type: OpCode.create,
    value: { path, data: Buffer.from(data), acl: openAcl, ephemeral, parentCVersion },
  })
  for (let index = 0; transactions.length < count; index++) {
    const path = `/node-${index}`
    transactions.push({ type: OpCode.createSession, value: { timeOut: 4000 + index } })
    transactions.push(create(path, 'x'.repeat((index * 37) % 300), false, index + 1))
    transactions.push({ type: OpCode.setData, value: { path, data: Buffer.from(`new ${index}`), version: 1 } })
    transactions.push(create(`${path}/e`, 'e', true, 1))
    transactions.push({ type: OpCode.error, value: { err: -101 } })
    if (index % 3 === 1) transactions.push({ type: OpCode.closeSession, value: { paths2Delete: [`${path}/e`] } })
    if (index % 3 === 1) transactions.push({ type: OpCode.delete, value: { path } })
    if (index % 3 === 2) {
      const acl = [{ perms: 1, id: { scheme: 'ip', id: `10.0.0.${index}` } }]
      transactions.push({ type: OpCode.setAcl, value: { path, acl, version: 1 } })
    }
  }
  let session = 0n
  return transactions.slice(0, count).map((transaction, index) => {
    if (transaction.type === OpCode.createSession) session++
    const header = {
      clientId: session,
      cxid: index,
      zxid: BigInt(index + 1),
      time: 1000n + BigInt(index),
      type: transaction.type,
    }
    return { header, transaction, digest: undefined }
  })
}

/** All that a client could see of a state, as text. */
function textOf(state: ServerState): string {
  const lines: string[] = []
  const visit = (path: string): void => {
    const node = state.tree.get(path)
    assert.ok(node)
    const { data, ...stat } = { data: node.data, ...node.toStat() }
    lines.push(
      JSON.stringify([path, data?.toString('hex'), stat, state.tree.aclOf(node)], (_, value: unknown) => {
        return typeof value === 'bigint' ? String(value) : value
      }),
    )
    for (const name of [...(node.children?.keys() ?? [])].sort()) visit(path === '/' ? `/${name}` : `${path}/${name}`)
  }
  visit('/')
  const { tree, sessions } = state
  lines.push(`zxid ${tree.lastProcessedZxid}, digest ${tree.digest}, ${tree.nodeCount} nodes, ${tree.sizeBytes} bytes`)
  lines.push(
    sessions
      .timeouts()
      .map(([id, timeoutMs]) => `${id}:${timeoutMs}`)
      .sort()
      .join(),
  )
  lines.push(
    [...tree.owned.ephemeralsBySession()]
      .map(([id, paths]) => `${id}:${[...paths].sort().join()}`)
      .sort()
      .join(),
  )
  return lines.join('\n')
}

function stateAfter(entries: readonly LogEntry[]): ServerState {
  const state = new ServerState(options)
  for (const entry of entries) state.apply(entry, 0)
  return state
}

interface Files {
  readonly simulation: Simulation
  readonly env: Env
  readonly directory: DataDirectory
}

function newFiles(): Files {
  const simulation = new Simulation({ seed: 1 })
  const { env } = simulation.machine('server')
  const directory = new DataDirectory(env.disk, 'data', 'data')
  directory.make()
  return { simulation, env, directory }
}

/** Writes entries as the server does, each batch under one sync. */
async function log({ simulation, env, directory }: Files, batches: readonly (readonly LogEntry[])[]): Promise<void> {
  let durable = 0
  const transactionLog = new TransactionLog(env.disk, env.timers, directory, {
    preAllocSizeBytes: 4096,
    nowMs: () => env.clock.monotonicMs(),
    onDurable: (proposals) => (durable += proposals.length),
    onFailure: (error) => assert.fail(String(error)),
  })
  for (const batch of batches) {
    for (const entry of batch) transactionLog.append({ entry, bytes: encodeLogEntry(entry) } as Proposal)
    await simulation.run(100)
  }
  assert.equal(durable, batches.flat().length)
  await simulation.runUntil(transactionLog.close())
}

const recoverFrom = ({ env, directory }: Files): ReturnType<typeof recover> =>
  recover(env.disk, directory, { ...options, log: env.log })

test('an entry is read as it was written', () => {
  for (const entry of entriesOf(20)) assert.deepEqual(decodeLogEntry(encodeLogEntry(entry)), entry)
})

test('a log that ends anywhere, or in any rubbish, recovers to the entries before', async () => {
  const entries = entriesOf(25)
  const files = newFiles()
  await log(files, [entries])
  const path = files.directory.logPath(1n)
  const whole = files.env.disk.readFileSync(path)
  const ends = [16]
  for (const entry of entries) ends.push((ends.at(-1) as number) + 13 + encodeLogEntry(entry).length)
  assert.equal(whole.length, ends.at(-1))
  const prefixes = ends.map((_, count) => textOf(stateAfter(entries.slice(0, count))))
  const tail = fc.oneof(
    fc.constant(Buffer.alloc(0)),
    fc.constant(Buffer.alloc(5000)),
    fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
  )
  fc.assert(
    fc.property(fc.integer({ min: 0, max: whole.length }), tail, (cut, rubbish) => {
      const bytes = Buffer.concat([whole.subarray(0, cut), rubbish])
      files.env.disk.writeFileAtomicSync(path, bytes)
      // Rubbish may begin with just the bytes that were cut off: the last of an entry is always the same.
      const changedAt = bytes.findIndex((byte, index) => byte !== whole[index])
      const wholeLength = changedAt === -1 ? bytes.length : changedAt
      const complete = ends.findLastIndex((end) => end <= wholeLength)
      for (let time = 0; time < 2; time++) {
        const { state, transactionCount } = recoverFrom(files)
        assert.equal(textOf(state), prefixes[Math.max(0, complete)])
        assert.equal(transactionCount, Math.max(0, complete))
      }
    }),
    { numRuns: 150, examples: [[(ends[4] as number) - 1, Buffer.from('B')]] },
  )
})

test('what was logged after a torn tail was cut continues from there', async () => {
  const entries = entriesOf(12)
  const files = newFiles()
  await log(files, [entries.slice(0, 8)])
  const path = files.directory.logPath(1n)
  const whole = files.env.disk.readFileSync(path)
  files.env.disk.writeFileAtomicSync(path, whole.subarray(0, whole.length - 3))
  assert.equal(recoverFrom(files).state.tree.lastProcessedZxid, 7n)
  await log(files, [entries.slice(7)])
  assert.equal(textOf(recoverFrom(files).state), textOf(stateAfter(entries)))
})

test('damage before the end is told, not passed over', async () => {
  const entries = entriesOf(12)
  const files = newFiles()
  await log(files, [entries.slice(0, 8)])
  await log(files, [entries.slice(8)])
  const path = files.directory.logPath(1n)
  const whole = files.env.disk.readFileSync(path)
  files.env.disk.writeFileAtomicSync(path, whole.subarray(0, whole.length - 3))
  assert.throws(() => recoverFrom(files), { name: 'PersistenceError', code: 'CORRUPT', message: /log\.1 is damaged/ })
  files.env.disk.removeFileSync(path)
  assert.throws(() => recoverFrom(files), { name: 'PersistenceError', code: 'INCOMPLETE' })
})

test('snapshots, with the log behind them, are as good as the whole log', async () => {
  const entries = entriesOf(60)
  const files = newFiles()
  const { env, directory, simulation } = files
  for (const [from, to] of [
    [0, 20],
    [20, 45],
    [45, 60],
  ] as const) {
    await simulation.runUntil(writeSnapshot(env.disk, directory, stateAfter(entries.slice(0, from))))
    await log(files, [entries.slice(from, to)])
  }
  const expected = textOf(stateAfter(entries))
  const found = recoverFrom(files)
  assert.equal(found.snapshotZxid, 45n)
  assert.equal(found.transactionCount, 15)
  assert.equal(textOf(found.state), expected)
  // The newest one is cut short anywhere, or has a bit turned: the one before serves.
  const newest = directory.snapshotPath(45n)
  const whole = env.disk.readFileSync(newest)
  fc.assert(
    fc.property(fc.nat(whole.length - 1), fc.boolean(), (position, isCut) => {
      const damaged = Buffer.from(isCut ? whole.subarray(0, position) : whole)
      if (!isCut) damaged[position] = (damaged[position] as number) ^ 0x10
      env.disk.writeFileAtomicSync(newest, damaged)
      const { state, snapshotZxid } = recoverFrom(files)
      // The digest and what follows it may be missing: older servers wrote neither.
      if (snapshotZxid !== 45n) assert.equal(snapshotZxid, 20n)
      assert.equal(textOf(state), expected)
    }),
    { numRuns: 150 },
  )
})

test('a snapshot is taken while the tree changes, and the log makes it whole', async () => {
  let fuzzyCount = 0
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(3), { minLength: 20, maxLength: 60 }), async (steps) => {
      const entries = entriesOf(120)
      const files = newFiles()
      const { directory, env, simulation } = files
      await log(files, [entries])
      const state = stateAfter(entries.slice(0, 60))
      let isWritten = false
      const writing = writeSnapshot(env.disk, directory, state, 100).then(() => (isWritten = true))
      let next = 60
      for (const step of steps) {
        if (isWritten) break
        for (let count = 0; count < step && next < 120; count++) state.apply(entries[next++] as LogEntry, 0)
        await simulation.run(0.1)
      }
      await simulation.runUntil(writing)
      if (next > 60) fuzzyCount++
      const found = recoverFrom(files)
      assert.equal(found.snapshotZxid, 60n)
      assert.equal(found.digestMismatchCount, 0)
      assert.equal(textOf(found.state), textOf(stateAfter(entries)))
    }),
    { numRuns: 30 },
  )
  assert.ok(fuzzyCount > 15, `${fuzzyCount} snapshots were fuzzy`)
})

test('old snapshots and logs go, and what is left is enough', async () => {
  const entries = entriesOf(50)
  const files = newFiles()
  const { env, directory, simulation } = files
  for (let from = 0; from < 50; from += 10) {
    await simulation.runUntil(writeSnapshot(env.disk, directory, stateAfter(entries.slice(0, from))))
    await log(files, [entries.slice(from, from + 10)])
  }
  assert.equal(directory.purge(3).length, 3)
  const names = env.disk.listSync(directory.snapshotDirectory)
  assert.deepEqual(names, ['log.15', 'log.1f', 'log.29', 'log.b', 'snapshot.14', 'snapshot.1e', 'snapshot.28'])
  const expected = textOf(stateAfter(entries))
  for (const zxid of [40n, 30n]) {
    assert.equal(textOf(recoverFrom(files).state), expected)
    env.disk.removeFileSync(directory.snapshotPath(zxid))
  }
  assert.equal(textOf(recoverFrom(files).state), expected)
})

test('a node that was deleted and made anew while a snapshot was taken is in it once', async () => {
  const files = newFiles()
  const { env, directory, simulation } = files
  const entry = (zxid: number, transaction: Transaction): LogEntry => ({
    header: { clientId: 1n, cxid: zxid, zxid: BigInt(zxid), time: 1000n, type: transaction.type },
    transaction,
    digest: undefined,
  })
  const create = (path: string): Transaction => ({
    type: OpCode.create,
    value: { path, data: Buffer.alloc(50), acl: openAcl, ephemeral: false, parentCVersion: -1 },
  })
  const first = Array.from({ length: 200 }, (_, index) => entry(index + 1, create(`/node-${index}`)))
  const again = Array.from({ length: 200 }, (_, index) => [
    entry(201 + index * 2, { type: OpCode.delete, value: { path: `/node-${index}` } }),
    entry(202 + index * 2, create(`/node-${index}`)),
  ]).flat()
  await log(files, [[...first, ...again]])
  const state = stateAfter(first)
  let isWritten = false
  const writing = writeSnapshot(env.disk, directory, state, 100).then(() => (isWritten = true))
  for (const next of again) {
    if (!isWritten) await simulation.run(0.1)
    state.apply(next, 0)
  }
  await simulation.runUntil(writing)
  const found = recoverFrom(files)
  assert.equal(found.snapshotZxid, 200n)
  assert.equal(textOf(found.state), textOf(stateAfter([...first, ...again])))
})

test('a directory that is cut or damaged at any one byte recovers to a beginning of what happened, or says what is wrong', async () => {
  const entries = entriesOf(24)
  const files = newFiles()
  const { env, directory, simulation } = files
  await simulation.runUntil(writeSnapshot(env.disk, directory, stateAfter([])))
  await log(files, [entries.slice(0, 10)])
  await simulation.runUntil(writeSnapshot(env.disk, directory, stateAfter(entries.slice(0, 10))))
  await log(files, [entries.slice(10)])
  const prefixes = new Map(
    Array.from({ length: 25 }, (_, count) => [textOf(stateAfter(entries.slice(0, count))), count]),
  )
  const outcomes = { whole: 0, prefix: 0, refused: 0 }
  const paths = [...directory.snapshots(), ...directory.logs()].map(({ path }) => path)
  assert.equal(paths.length, 4)
  const originals = new Map(paths.map((path) => [path, env.disk.readFileSync(path)]))
  const last = directory.logPath(11n)
  const outcome = (path: string, bytes: Buffer): void => {
    env.disk.writeFileAtomicSync(path, bytes)
    try {
      const count = prefixes.get(textOf(recoverFrom(files).state))
      assert.notEqual(count, undefined, `${path} recovered to what never was`)
      if (count === 24) outcomes.whole++
      else {
        // Only the end of the last log can be lost: what a crash leaves there was not answered.
        assert.equal(path, last)
        assert.ok((count ?? 0) >= 10)
        outcomes.prefix++
      }
    } catch (error) {
      if (!(error instanceof PersistenceError)) throw error
      outcomes.refused++
    }
    for (const [original, content] of originals) env.disk.writeFileAtomicSync(original, content)
  }
  for (const [path, whole] of originals) {
    for (let at = 0; at < whole.length; at++) {
      outcome(path, whole.subarray(0, at))
      const damaged = Buffer.from(whole)
      damaged[at] = (damaged[at] as number) ^ 0x81
      outcome(path, damaged)
    }
  }
  assert.ok(outcomes.whole > 1000 && outcomes.prefix > 500, JSON.stringify(outcomes))
})
