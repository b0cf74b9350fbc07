// A client of ours in a process of its own, which says in lines of JSON what it does and sees, before it does it and as soon as it has seen it: `node client.ts ROLE JSON`.
// It may be killed at any time. SIGTERM has it finish what it has begun.
import { writeSync } from 'node:fs'
import { inspect } from 'node:util'
import { createConsumer, createProducer } from '@odradek/client/node'
import type { ConsumerBatch, RequestLogEntry } from '@odradek/client'
import { pause } from '../lib/poll-until.ts'
import { Progress } from './progress.ts'
import type { ClientJob, Told } from './told.ts'

const [role = '', given = '{}'] = process.argv.slice(2)
const job = JSON.parse(given) as ClientJob
const progress = new Progress()
const common = {
  'bootstrap.servers': job.bootstrap,
  'request.timeout.ms': 3000,
  'client.id': job.name,
  'request.log': (entry: RequestLogEntry) => progress.request(entry),
}
let isStopping = false
let operationCount = 0

/** Written before this returns: a process that is killed has said all that it knew. */
function tell(told: Told): void {
  writeSync(1, `${JSON.stringify(told)}\n`)
}

const keyOf = (topic: string, partition: number): string => `${topic}-${partition}`

async function produce(): Promise<void> {
  const producer = createProducer({
    ...common,
    'linger.ms': 5,
    'max.in.flight.requests.per.connection': job.inFlightMax,
    'compression.type': 'lz4',
    'delivery.timeout.ms': 60_000,
  })
  for (let number = 0; !isStopping; number++) {
    const partition = number % job.partitionCount
    const value = `${job.name}.${process.pid}.${number}`
    const id = operationCount++
    tell({ kind: 'begin', id, operation: 'send', sent: [{ partition: keyOf(job.input, partition), value }] })
    producer.send({ topic: job.input, partition, value }, (error, metadata) => {
      // Whatever it was: no record of this judge is one that the broker refuses.
      if (error !== undefined) tell({ kind: 'end', id, outcome: 'unknown', why: error.message })
      else tell({ kind: 'end', id, outcome: 'ok', offsets: [metadata?.offset ?? -1] })
    })
    if (number % 5 === 0) await pause(Math.random() * 60)
  }
  await producer.close()
}

function polledOf({ topic, partition, records }: ConsumerBatch) {
  return records.map(({ offset, value }) => ({ partition: keyOf(topic, partition), offset, value: String(value) }))
}

/** A member of a group, which commits from time to time; or, with `assign`, a reader of its own. */
async function consume(topic: string, isMember: boolean): Promise<void> {
  const consumer = createConsumer({
    ...common,
    ...(isMember ? { 'group.id': 'members', 'session.timeout.ms': 6000, 'heartbeat.interval.ms': 500 } : {}),
    'auto.offset.reset': 'earliest',
    'isolation.level': 'read_committed',
    'auto.commit.interval.ms': 500,
    'partition.assignment.strategy': 'cooperative-sticky',
  })
  onStop = () => consumer.close()
  if (isMember) follow(consumer, topic)
  else consumer.assign(Array.from({ length: job.partitionCount }, (_, partition) => ({ topic, partition })))
  for await (const batch of consumer.batches()) tell({ kind: 'polled', polled: polledOf(batch) })
}

/** Subscribes, and says which partitions it goes on reading. */
function follow(consumer: ReturnType<typeof createConsumer>, topic: string): void {
  const held = new Set<string>()
  consumer.subscribe(topic, {
    assigned(partitions) {
      tell({ kind: 'assigned', kept: [...held] })
      for (const { partition } of partitions) held.add(keyOf(topic, partition))
    },
    revoked(partitions) {
      for (const { partition } of partitions) held.delete(keyOf(topic, partition))
      tell({ kind: 'assigned', kept: [...held] })
    },
  })
}

/** From input to output, exactly once: what cannot be committed ends the process, and a new one goes on behind what was. */
async function copy(): Promise<void> {
  const consumer = createConsumer({
    ...common,
    'group.id': 'copiers',
    'session.timeout.ms': 6000,
    'heartbeat.interval.ms': 500,
    'auto.offset.reset': 'earliest',
    'enable.auto.commit': false,
    'isolation.level': 'read_committed',
  })
  const producer = createProducer({ ...common, 'transactional.id': 'copier', 'transaction.timeout.ms': 10_000 })
  onStop = async () => {
    await consumer.close()
    await producer.close()
  }
  progress.enter('initTransactions')
  try {
    await producer.initTransactions()
  } catch (error) {
    // The broker was away for longer than max.block.ms, or this process is to end.
    process.stderr.write(`initTransactions: ${String(error)}\n`)
    process.exit(3)
  }
  follow(consumer, job.input)
  health = () => consumer.health()
  progress.enter('waiting for records')
  for await (const batch of consumer.batches()) {
    const id = operationCount++
    const partition = keyOf(job.output, batch.partition)
    const values = batch.records.map(({ value }) => `${String(value)}#${process.pid}.${id}`)
    const sent = values.map((value) => ({ partition, value }))
    tell({ kind: 'begin', id, operation: 'transaction', polled: polledOf(batch), sent })
    try {
      producer.beginTransaction()
      const sending = producer.sendBatch(
        values.map((value) => ({ topic: job.output, partition: batch.partition, value })),
      )
      // When the offsets cannot be sent, the transaction is aborted, and this with it.
      sending.catch(() => undefined)
      const { topic, nextOffset } = batch
      const offsets = [{ topic, partition: batch.partition, offset: nextOffset }]
      progress.enter('sending offsets')
      await producer.sendOffsetsToTransaction(offsets, consumer.groupMetadata())
      progress.enter('waiting for acknowledgements')
      const metadata = await sending
      progress.enter('committing')
      await producer.commitTransaction()
      tell({ kind: 'end', id, outcome: 'ok', offsets: metadata.map(({ offset }) => offset) })
    } catch (error) {
      progress.enter(`aborting after ${String(error)}`)
      const isAborted = await producer.abortTransaction().then(
        () => true,
        () => false,
      )
      tell({ kind: 'end', id, outcome: isAborted ? 'failed' : 'unknown', why: String(error) })
      process.exit(3)
    }
    if (isStopping) break
    progress.enter('waiting for records')
  }
}

let onStop: () => Promise<void> = () => Promise.resolve()
let health: () => unknown = () => undefined
process.on('SIGUSR2', () => {
  tell({ kind: 'state', text: `${progress.describe()}\n${inspect(health(), { depth: 4, breakLength: 160 })}` })
})
process.on('SIGTERM', () => {
  isStopping = true
  void onStop()
})

if (role === 'producer') await produce()
else if (role === 'member') await consume(job.input, true)
else if (role === 'reader') await consume(job.output, false)
else await copy()
process.exit(0)
