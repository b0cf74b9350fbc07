// Share groups (KIP-932) on Apache Kafka 4.3.1: our members beside Java's, and what becomes of records that are accepted, released, rejected, renewed or left alone.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { createAdmin, createProducer, createShareConsumer } from '@odradek/client/node'
import type { AcknowledgeResult, ShareRecord, ShareConsumer } from '@odradek/client'
import { startKraftTarget } from '../lib/apache-kraft.ts'
import { Daemon } from '../lib/daemon.ts'
import { temporaryFolder } from '../lib/folders.ts'
import type { JudgeContext } from '../lib/judge.ts'
import { classpath } from '../lib/maven.ts'
import { pause, pollUntil } from '../lib/poll-until.ts'

const lockMs = 4000

export async function judge({ report }: JudgeContext): Promise<void> {
  const target = await startKraftTarget({
    'group.share.record.lock.duration.ms': String(lockMs),
    'group.share.min.record.lock.duration.ms': '1000',
  })
  const cluster = new ShareCluster(target.bootstrap)
  try {
    await report.check('records are shared with members of Java, each goes to one', () => besideJava(cluster))
    await report.check('what is released comes again, what is rejected or accepted does not', () =>
      acknowledged(cluster),
    )
    await report.check('a lock that runs out frees the record, and a late word does not count', () =>
      lockRunsOut(cluster),
    )
    await report.check('a renewed record stays in hand', () => renewed(cluster))
    await report.check('record_limit acquires no more than asked for', () => recordLimit(cluster))
    await report.check('a member that closes gives back what it holds at once', () => givesBack(cluster))
    await report.check('what a transaction has aborted is not seen, and its markers are passed over', () =>
      readCommitted(cluster),
    )
    await report.check('offsets and members of a share group, by the admin', () => described(cluster))
  } finally {
    await cluster.close()
    await target.stop()
    target.remove()
  }
}

class ShareCluster {
  readonly bootstrap: string
  readonly admin: ReturnType<typeof createAdmin>
  readonly producer: ReturnType<typeof createProducer>
  readonly #consumers: ShareConsumer[] = []

  constructor(bootstrap: string) {
    this.bootstrap = bootstrap
    this.admin = createAdmin({ 'bootstrap.servers': bootstrap })
    this.producer = createProducer({ 'bootstrap.servers': bootstrap })
  }

  /** A topic, and a group that begins at its beginning. */
  async prepare(
    name: string,
    { partitions = 1, configs = {} }: { partitions?: number; configs?: object } = {},
  ): Promise<void> {
    await this.admin.createTopics([{ name, partitions, replicationFactor: 1 }])
    const operations = Object.entries({ 'share.auto.offset.reset': 'earliest', ...configs }).map(([key, value]) => ({
      name: key,
      operation: 'SET' as const,
      value,
    }))
    await this.admin.incrementalAlterConfigs([{ type: 'GROUP', name, operations }])
  }

  async write(topic: string, values: readonly string[], partitions = 1): Promise<void> {
    await this.producer.sendBatch(values.map((value, index) => ({ topic, partition: index % partitions, value })))
  }

  /** A member of the group that has the topic's name. */
  member(name: string, config: Parameters<typeof createShareConsumer>[0] = {}): ShareConsumer {
    const consumer = createShareConsumer({ 'bootstrap.servers': this.bootstrap, 'group.id': name, ...config })
    this.#consumers.push(consumer)
    consumer.subscribe(name)
    return consumer
  }

  async close(): Promise<void> {
    for (const consumer of this.#consumers) await consumer.close()
    await this.producer.close()
    this.admin.close()
  }
}

const explicit = { 'share.acknowledgement.mode': 'explicit' } as const

function numbered(prefix: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${prefix}-${index}`)
}

/** The next records, each acknowledged as `say` says. */
async function read(
  consumer: ShareConsumer,
  count: number,
  say: (record: ShareRecord) => Parameters<ShareConsumer['acknowledge']>[1] | undefined = () => 'accept',
): Promise<ShareRecord[]> {
  const records: ShareRecord[] = []
  for await (const record of consumer) {
    records.push(record)
    const type = say(record)
    if (type !== undefined) consumer.acknowledge(record, type)
    if (records.length === count) break
  }
  return records
}

function valuesOf(records: readonly ShareRecord[]): string[] {
  return records.map(({ value }) => String(value))
}

async function besideJava(cluster: ShareCluster): Promise<void> {
  const name = 'beside-java'
  await cluster.prepare(name, { partitions: 3 })
  const folder = temporaryFolder('judge-share')
  const logFile = path.join(folder, 'java.log')
  const libraries = await classpath('kafka-4.3.1')
  const jvm = ['-Xmx256m', '-XX:+UseSerialGC', '-cp', libraries]
  const options = ['--bootstrap-server', cluster.bootstrap, '--topic', name, '--group-id', name, '--verbose']
  const java = Daemon.start({
    name: 'java-share-consumer',
    command: 'java',
    args: [...jvm, 'org.apache.kafka.tools.VerifiableShareConsumer', ...options],
    cwd: folder,
    logFile,
  })
  const theirs = (): string[] =>
    [
      ...readFileSync(logFile, 'utf8').matchAll(
        /"name":"record_data".*?"value":"([^"]+)"|"value":"([^"]+)".*?"name":"record_data"/g,
      ),
    ].map(([, one, other]) => one ?? other ?? '')
  const ours = cluster.member(name)
  const received: string[] = []
  const running = ours.run({
    eachRecord: ({ value }) => {
      received.push(String(value))
    },
  })
  let written = 0
  try {
    await pollUntil('both have got records', 90_000, async () => {
      await cluster.write(name, numbered(`round-${written}`, 30), 3)
      written += 30
      await pause(400)
      return (received.length > 0 && theirs().length > 0) || undefined
    })
    for (let round = 0; round < 10; round++) {
      await cluster.write(name, numbered(`more-${round}`, 30), 3)
      written += 30
    }
    await pollUntil('all records', 60_000, () => {
      const [own, other] = [received.length, theirs().length]
      if (own + other >= written) return true
      throw new Error(`${own} of ours and ${other} of Java's, of ${written}`)
    })
    await pause(500)
    const all = [...received, ...theirs()]
    assert.equal(new Set(all).size, written)
    assert.equal(all.length, written, 'no record came twice')
  } finally {
    await java.stop()
    await ours.close()
    await running
  }
}

async function acknowledged(cluster: ShareCluster): Promise<void> {
  const name = 'acknowledged'
  await cluster.prepare(name)
  await cluster.write(name, ['accept', 'release', 'reject', 'also-accept'])
  const consumer = cluster.member(name, explicit)
  const results: AcknowledgeResult[] = []
  consumer.onAcknowledged((given) => results.push(...given))
  const first = await read(consumer, 4, ({ value }) => (String(value) as 'release').replace('also-', '') as 'release')
  assert.deepEqual(valuesOf(first), ['accept', 'release', 'reject', 'also-accept'])
  await consumer.commit()
  assert.deepEqual(
    results.flatMap(({ offsets }) => offsets).toSorted((a, b) => a - b),
    [0, 1, 2, 3],
  )
  assert.ok(results.every(({ error }) => error === undefined))
  const [again] = await read(consumer, 1)
  assert.deepEqual([String(again?.value), again?.deliveryCount], ['release', 2])
  await cluster.write(name, ['last'])
  assert.deepEqual(valuesOf(await read(consumer, 1)), ['last'])
  await consumer.close()
}

async function lockRunsOut(cluster: ShareCluster): Promise<void> {
  const name = 'lock'
  await cluster.prepare(name)
  await cluster.write(name, ['held'])
  const slow = cluster.member(name, explicit)
  const iterator = slow[Symbol.asyncIterator]()
  const held = (await iterator.next()).value as ShareRecord
  assert.equal(slow.acquisitionLockTimeoutMs, lockMs)
  assert.ok(slow.lockLeftMs(held) > 0)
  const other = cluster.member(name, explicit)
  const others = other[Symbol.asyncIterator]()
  const taken = (await others.next()).value as ShareRecord
  assert.deepEqual([String(taken.value), taken.deliveryCount], ['held', 2])
  assert.equal(slow.lockLeftMs(held), 0)
  slow.acknowledge(held)
  await assert.rejects(slow.commit(), (error: Error) => /INVALID_RECORD_STATE/.test(error.message))
  other.acknowledge(taken)
  await other.commit()
  await others.return(undefined)
  await iterator.return(undefined)
  await slow.close()
  await other.close()
}

async function renewed(cluster: ShareCluster): Promise<void> {
  const name = 'renewed'
  await cluster.prepare(name)
  await cluster.write(name, ['long'])
  const slow = cluster.member(name, explicit)
  const other = cluster.member(name, explicit)
  const iterator = slow[Symbol.asyncIterator]()
  const held = (await iterator.next()).value as ShareRecord
  let stolen: ShareRecord[] = []
  const stealing = read(other, 1).then((records) => (stolen = records))
  for (let time = 0; time < 4; time++) {
    await pause(lockMs / 2)
    slow.acknowledge(held, 'renew')
    await slow.commit()
  }
  assert.deepEqual(valuesOf(stolen), [])
  slow.acknowledge(held, 'accept')
  await slow.commit()
  await iterator.return(undefined)
  await cluster.write(name, ['next'])
  const reading = read(slow, 1)
  await Promise.race([stealing, reading])
  await slow.close()
  await other.close()
  assert.deepEqual(valuesOf([...(await stealing), ...(await reading)]), ['next'])
}

async function recordLimit(cluster: ShareCluster): Promise<void> {
  const name = 'limit'
  await cluster.prepare(name)
  await cluster.write(name, numbered('r', 50))
  const consumer = cluster.member(name, { 'share.acquire.mode': 'record_limit', 'max.poll.records': 7 })
  const sizes: number[] = []
  let count = 0
  for await (const { records } of consumer.batches()) {
    sizes.push(records.length)
    assert.ok(consumer.health().unacknowledgedCount <= 7)
    if ((count += records.length) === 50) break
  }
  assert.ok(Math.max(...sizes) <= 7, `batches of ${sizes.join(', ')}`)
  await consumer.close()
}

async function givesBack(cluster: ShareCluster): Promise<void> {
  const name = 'gives-back'
  await cluster.prepare(name)
  await cluster.write(name, numbered('r', 10))
  const first = cluster.member(name)
  assert.equal((await read(first, 3, () => undefined)).length, 3)
  await first.close()
  const startMs = performance.now()
  const second = cluster.member(name)
  const rest = await read(second, 8)
  assert.deepEqual(
    valuesOf(rest).toSorted((a, b) => a.localeCompare(b)),
    numbered('r', 10).slice(2),
  )
  assert.ok(performance.now() - startMs < 30_000)
  await second.close()
}

async function readCommitted(cluster: ShareCluster): Promise<void> {
  const name = 'committed'
  await cluster.prepare(name, { configs: { 'share.isolation.level': 'read_committed' } })
  const producer = createProducer({ 'bootstrap.servers': cluster.bootstrap, 'transactional.id': name })
  const wrong = new Error('changed its mind')
  await producer.transaction((transaction) => transaction.send({ topic: name, value: 'one' }))
  await assert.rejects(
    producer.transaction(async (transaction) => {
      await transaction.send({ topic: name, value: 'aborted' })
      throw wrong
    }),
    wrong,
  )
  await producer.transaction((transaction) => transaction.send({ topic: name, value: 'two' }))
  await producer.close()
  const consumer = cluster.member(name)
  assert.deepEqual(valuesOf(await read(consumer, 2)), ['one', 'two'])
  await consumer.close()
}

async function described(cluster: ShareCluster): Promise<void> {
  const name = 'acknowledged'
  const consumer = cluster.member(name)
  const reading = read(consumer, 1)
  await pollUntil('the member is in the group', 30_000, async () => {
    const found = (await cluster.admin.describeShareGroups([name])).get(name)
    return found?.members.some(({ memberId }) => memberId === consumer.memberId) || undefined
  })
  await pollUntil('nothing is left to do', 30_000, async () => {
    const [offset] = (await cluster.admin.listShareGroupOffsets([name])).get(name) ?? []
    if (offset?.lag === 0 && offset.startOffset >= 4) return true
    throw new Error(`it is ${JSON.stringify(offset)}`)
  })
  await cluster.write(name, ['end'])
  await reading
  await consumer.close()
}
