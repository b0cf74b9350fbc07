import assert from 'node:assert/strict'
import { it } from 'node:test'
import { encodeRequest } from '@odradek/kafka-protocol'
import type { Input, Message } from '@odradek/kafka-protocol'
import { produceRequest } from '@odradek/kafka-protocol/messages/00-produce'
import { fetchRequest } from '@odradek/kafka-protocol/messages/01-fetch'
import { listOffsetsRequest } from '@odradek/kafka-protocol/messages/02-list-offsets'
import { metadataRequest } from '@odradek/kafka-protocol/messages/03-metadata'
import { apiVersionsRequest } from '@odradek/kafka-protocol/messages/18-api-versions'
import { initProducerIdRequest } from '@odradek/kafka-protocol/messages/22-init-producer-id'
import { offsetForLeaderEpochRequest } from '@odradek/kafka-protocol/messages/23-offset-for-leader-epoch'
import { describeClusterRequest } from '@odradek/kafka-protocol/messages/60-describe-cluster'
import fc from 'fast-check'
import { batchOf, fetchAll, fetchOf, produce } from './data-path-requests.ts'
import { DataPathWorld, topicIdOf } from './data-path-world.ts'

function sampleOf<T>(message: Message<T>, version: number, value: Input<T>): Buffer {
  const envelope = { apiKey: message.apiKey ?? -1, apiVersion: version, correlationId: 1, clientId: 'hostile' }
  return Buffer.concat(encodeRequest(envelope, message, value))
}

const batch = batchOf(['a', 'b'])
/** Requests that are in order and reach deep, for a broker that holds a topic named `words`. */
const samples: readonly Buffer[] = [
  ...[3, 7, 9].map((version) =>
    sampleOf(produceRequest, version, {
      acks: -1,
      timeoutMs: 100,
      topicData: [{ name: 'words', partitionData: [{ index: 0, records: batch }] }],
    }),
  ),
  sampleOf(produceRequest, 13, {
    acks: 1,
    timeoutMs: 100,
    topicData: [{ topicId: topicIdOf('words'), partitionData: [{ index: 0, records: batch }] }],
  }),
  ...[4, 7, 11, 12, 13, 16, 18].map((version) => sampleOf(fetchRequest, version, fetchOf('words', { version }))),
  ...[1, 7, 11].map((version) =>
    sampleOf(listOffsetsRequest, version, {
      replicaId: -1,
      topics: [{ name: 'words', partitions: [{ partitionIndex: 0, timestamp: 1000n }] }],
    }),
  ),
  ...[1, 9, 12].map((version) => sampleOf(metadataRequest, version, { topics: [{ name: 'words' }] })),
  ...[0, 3, 4].map((version) =>
    sampleOf(
      apiVersionsRequest,
      version,
      version < 3 ? {} : { clientSoftwareName: 'hostile', clientSoftwareVersion: '1' },
    ),
  ),
  sampleOf(initProducerIdRequest, 4, { transactionalId: null }),
  sampleOf(offsetForLeaderEpochRequest, 4, {
    topics: [{ topic: 'words', partitions: [{ partition: 0, leaderEpoch: 0 }] }],
  }),
  sampleOf(describeClusterRequest, 1, {}),
]

/** A sample with some bytes changed, taken away or put in between; its size is right again. */
const damaged = fc
  .record({
    sample: fc.constantFrom(...samples),
    changes: fc.array(fc.record({ at: fc.nat(10_000), byte: fc.constantFrom(0, 1, 2, 0x7f, 0x80, 0xff) }), {
      maxLength: 4,
    }),
    cutAt: fc.option(fc.nat(10_000), { freq: 3 }),
    added: fc.uint8Array({ maxLength: 8 }),
  })
  .map(({ sample, changes, cutAt, added }) => {
    let body = Buffer.from(sample.subarray(4))
    for (const { at, byte } of changes) body[at % body.length] = byte
    if (cutAt !== null) body = body.subarray(0, cutAt % body.length)
    const frame = Buffer.concat([Buffer.alloc(4), body, added])
    frame.writeInt32BE(frame.length - 4)
    return frame
  })

it('damaged requests are answered or end their connection; the broker has no defect and serves on', async () => {
  const world = await DataPathWorld.start()
  await world.createTopic('words')
  const client = world.simulation.machine('client').env.network
  await fc.assert(
    fc.asyncProperty(fc.array(damaged, { minLength: 1, maxLength: 4 }), async (frames) => {
      const connection = await world.run(client.connect({ host: 'broker', port: 9092 }))
      connection.handle({ onData: () => undefined, onClose: () => undefined })
      connection.write(frames)
      await world.pass(20)
      connection.destroy()
      const defect = world.logged.find((line) => line.includes('reason of our own'))
      assert.equal(defect, undefined)
      world.logged.length = 0
    }),
    { numRuns: 400 },
  )
  await world.pass(1000)
  const answer = await world.run(produce(await world.connect(), 'words', ['still here'], {}))
  assert.deepEqual(await fetchAll(world, 'words', { offset: answer.baseOffset }), ['still here'])
})
