// Our client's processes and a broker under faults: what each did and saw is held against all that Kafka must never show (packages/history). HISTORY_SECONDS makes it longer,
// HISTORY_SEED plays the same faults again, HISTORY_BROKER=3.9.1 takes only the brokers whose names have that in them.
import assert from 'node:assert/strict'
import { randomInt } from 'node:crypto'
import { createConsumer, createProducer } from '@odradek/client/node'
import { SeededRandom } from '@odradek/env-sim'
import { checkHistory, HistoryRecorder } from '@odradek/history'
import { startKraftTarget } from '../lib/apache-kraft.ts'
import type { JudgeContext } from '../lib/judge.ts'
import { pause, pollUntil } from '../lib/poll-until.ts'
import type { Report } from '../lib/report.ts'
import { startTarget } from '../lib/target.ts'
import { ClientProcess } from './client-process.ts'
import { describeCopying } from './describe-copying.ts'
import type { Role } from './client-process.ts'

const secondsDefault = 8
const partitionCount = 3
const input = 'history-in'
const output = 'history-out'
const properties = { 'num.partitions': String(partitionCount), 'log.segment.bytes': '1048576' }

/** A broker, and what may be done to it: nothing where it is only the clients' turn. */
interface Judged {
  readonly bootstrap: string
  readonly hasTransactions: boolean
  /** What its producers may have under way without a record being written twice. */
  readonly inFlightMax: number
  readonly faults: readonly (() => Promise<void>)[]
  end(): Promise<void>
}

export async function judge({ report }: JudgeContext): Promise<void> {
  for (const name of ['ours', 'Apache Kafka 3.9.1', 'Apache Kafka 4.3.1'] as const) {
    if (!name.includes(process.env['HISTORY_BROKER'] ?? '')) continue
    const judged =
      name === 'Apache Kafka 4.3.1' ? await startKraft() : await start(name === 'ours' ? 'odradek' : 'apache')
    try {
      await judgeHistory(report, name, judged)
    } finally {
      await judged.end()
    }
  }
}

async function start(kind: 'odradek' | 'apache'): Promise<Judged> {
  const target = await startTarget(kind, properties)
  return {
    bootstrap: target.bootstrap,
    hasTransactions: kind === 'apache',
    // Apache's broker, started again after a kill, knows only the last batch of each producer: who comes again with one before that is out of order, has to
    // begin a new epoch, and writes it twice.
    inFlightMax: kind === 'apache' ? 1 : 5,
    faults: [
      async () => {
        target.process.kill('SIGSTOP')
        await pause(2500)
        target.process.kill('SIGCONT')
      },
      async () => {
        await target.crash()
        await target.start()
      },
    ],
    async end() {
      await target.stop()
      target.remove()
    },
  }
}

async function startKraft(): Promise<Judged> {
  const target = await startKraftTarget(properties)
  return {
    bootstrap: target.bootstrap,
    hasTransactions: true,
    inFlightMax: 5,
    faults: [],
    async end() {
      await target.stop()
      target.remove()
    },
  }
}

async function judgeHistory(report: Report, name: string, judged: Judged): Promise<void> {
  const { bootstrap, hasTransactions } = judged
  const seed = process.env['HISTORY_SEED'] ?? String(randomInt(2 ** 40))
  const recorder = new HistoryRecorder()
  const roles: readonly Role[] = hasTransactions
    ? ['producer', 'producer', 'member', 'member', 'copier', 'reader']
    : ['producer', 'producer', 'member', 'member']
  await createTopics(bootstrap)
  const clients = roles.map((role, index) => {
    const job = { name: `${role}-${index}`, bootstrap, input, output, partitionCount, inFlightMax: judged.inFlightMax }
    return new ClientProcess(role, job, recorder)
  })
  const about = judged.faults.length > 0 ? 'clients and broker' : 'clients'
  await report.check(`${name}: ${about} are killed, held and restarted, and all come back`, async () => {
    await makeTrouble(judged, clients, new SeededRandom(seed))
    await pause(2000)
    await stopAll(clients.filter(({ role }) => role === 'producer'))
    for (const copier of clients.filter(({ role }) => role === 'copier')) await copiedAll(bootstrap, recorder, copier)
    await stopAll(clients.filter(({ role }) => role !== 'producer'))
    assert.deepEqual(
      clients.flatMap(({ failures }) => failures),
      [],
    )
  })
  await stopAll(clients)
  await report.check(`${name}: the history has no anomaly (HISTORY_SEED=${seed})`, async () => {
    // What a copier that was killed has left open is aborted by its next one.
    if (hasTransactions) await fence(bootstrap)
    await readAll(bootstrap, input, recorder)
    if (hasTransactions) await readAll(bootstrap, output, recorder)
    const anomalies = checkHistory(recorder.history, { isReadToEnd: true })
    assert.deepEqual(anomalies.map(({ kind, text }) => `${kind}: ${text}`).slice(0, 5), [])
    const count = (kind: string): number =>
      recorder.history.filter((operation) => operation.kind === kind && operation.outcome === 'ok').length
    assert.ok(count('send') > 100 && count('poll') > 10, 'too little has happened')
    report.note(
      `${count('send')} sends, ${count('poll')} polls, ${count('transaction')} transactions, ${count('crash')} processes ended`,
    )
  })
  if (!hasTransactions) return
  await report.check(`${name}: every acknowledged record was copied, and once`, () => {
    const copies = lastValues(recorder, output).map((value) => value.slice(0, value.indexOf('#')))
    assert.equal(new Set(copies).size, copies.length, 'a record was copied twice')
    const given = lastValues(recorder, input)
    const missing = [...new Set(given).difference(new Set(copies))]
    assert.deepEqual(missing.slice(0, 5), [], `${missing.length} of ${given.length} records were not copied`)
    assert.equal(copies.length, given.length, 'what was copied is in the input')
  })
}

/** By producers that only ask for them: the broker makes topics when somebody does. */
async function createTopics(bootstrap: string): Promise<void> {
  const producer = createProducer({ 'bootstrap.servers': bootstrap })
  for (const topic of [input, output]) await producer.partitionsFor(topic)
  await producer.close()
}

async function makeTrouble(judged: Judged, clients: readonly ClientProcess[], random: SeededRandom): Promise<void> {
  const seconds = Number(process.env['HISTORY_SECONDS'] ?? secondsDefault)
  const endMs = performance.now() + seconds * 1000
  const brokerFaults = [...judged.faults]
  await pause(3000)
  while (performance.now() < endMs || brokerFaults.length > 0) {
    const brokerFault = random.chance(0.3) || performance.now() >= endMs ? brokerFaults.shift() : undefined
    if (brokerFault !== undefined) await brokerFault()
    else await hurt(random.pick(clients), random)
    // Once all of it was done, some of it may be done again.
    if (brokerFaults.length === 0 && performance.now() < endMs)
      brokerFaults.push(...judged.faults.filter(() => random.chance(0.2)))
    await pause(random.between(300, 1500))
  }
}

async function hurt(client: ClientProcess, random: SeededRandom): Promise<void> {
  const kind = random.pick(['SIGKILL', 'SIGKILL', 'SIGTERM', 'SIGSTOP'] as const)
  client.signal(kind)
  if (kind !== 'SIGSTOP') return
  await pause(random.between(500, 4000))
  client.signal('SIGCONT')
}

async function stopAll(clients: readonly ClientProcess[]): Promise<void> {
  const results = await Promise.all(clients.map((client) => client.stop(60_000)))
  assert.ok(!results.includes(false), 'a client did not end when it was told to')
}

/**
 * How long a copier may get nowhere by Kafka's own rules: the group waits session.timeout.ms (6 s) for a member that was killed, and again for its successor that was
 * killed as well; what they left open ends by transaction.timeout.ms (10 s), for which the coordinator looks every 10 s; between them requests that time out (3 s). Twice
 * that, for a busy machine.
 */
const standstillMs = 90_000

/** Waits until the copier has done all that was acknowledged. */
async function copiedAll(bootstrap: string, recorder: HistoryRecorder, copier: ClientProcess): Promise<void> {
  const consumer = createConsumer({ 'bootstrap.servers': bootstrap, 'group.id': 'copiers' })
  const partitions = Array.from({ length: partitionCount }, (_, partition) => ({ topic: input, partition }))
  let [copied, lastMs, why] = [-1, performance.now(), '']
  try {
    while (performance.now() - lastMs < standstillMs) {
      try {
        const [committed, ends] = [await consumer.committed(partitions), await consumer.endOffsets(partitions)]
        const isDone = [...ends].every(([key, end]) => end === 0 || committed.get(key)?.offset === end)
        if (isDone && recorder.history.length > 0) return
        const sum = [...committed.values()].reduce((total, { offset }) => total + offset, 0)
        if (sum > copied) [copied, lastMs] = [sum, performance.now()]
        why = ''
      } catch (error) {
        why = `: ${error instanceof Error ? error.message : 'unknown'}`
      }
      await pause(100)
    }
    const copying = { groupId: 'copiers', transactionalId: 'copier', input, output, partitionCount }
    const [seen, told] = [await describeCopying(bootstrap, copying), await copier.describe()]
    throw new Error(`the copier has committed nothing for ${standstillMs} ms${why}\n${seen}\n${told}`)
  } finally {
    await consumer.close()
  }
}

async function fence(bootstrap: string): Promise<void> {
  const producer = createProducer({ 'bootstrap.servers': bootstrap, 'transactional.id': 'copier' })
  await producer.initTransactions()
  await producer.close()
}

/** One who has seen nothing yet reads all that is committed. */
async function readAll(bootstrap: string, topic: string, recorder: HistoryRecorder): Promise<void> {
  const consumer = createConsumer({
    'bootstrap.servers': bootstrap,
    'auto.offset.reset': 'earliest',
    'isolation.level': 'read_committed',
  })
  const partitions = Array.from({ length: partitionCount }, (_, partition) => ({ topic, partition }))
  consumer.assign(partitions)
  const ends = await consumer.endOffsets(partitions)
  const isAtEnd = (): boolean =>
    partitions.every(
      (partition) => (consumer.position(partition) ?? 0) >= (ends.get(`${topic}-${partition.partition}`) ?? 0),
    )
  const stop = new AbortController()
  const reading = consumer.run({
    signal: stop.signal,
    eachBatch: ({ partition, records }) => {
      const key = `${topic}-${partition}`
      recorder.polled(
        'last',
        records.map(({ offset, value }) => ({ partition: key, offset, value: String(value) })),
      )
    },
  })
  await pollUntil(`${topic} is read to its end`, 60_000, () => isAtEnd() || undefined)
  stop.abort()
  await reading
  await consumer.close()
}

function lastValues(recorder: HistoryRecorder, topic: string): string[] {
  return recorder.history
    .filter(({ process: who }) => who === 'last')
    .flatMap(({ steps }) => steps.flatMap((step) => (step.kind === 'poll' ? step.polled : [])))
    .filter(({ partition }) => partition.startsWith(topic))
    .map(({ value }) => value)
}
