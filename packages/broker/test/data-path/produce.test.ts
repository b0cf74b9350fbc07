import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { encodeRecordBatch, ErrorCode } from '@odradek/kafka-protocol'
import type { Input } from '@odradek/kafka-protocol'
import { produceRequest, produceResponse } from '@odradek/kafka-protocol/messages/00-produce'
import type { ProduceRequest, ProduceResponse } from '@odradek/kafka-protocol/messages/00-produce'
import { DataPathWorld, topicIdOf } from './data-path-world.ts'
import { batchOf, fetchAll, produce, textsIn } from './data-path-requests.ts'

type PartitionAnswer = ProduceResponse['responses'][number]['partitionResponses'][number]

async function answerTo(
  world: DataPathWorld,
  topic: string,
  records: Buffer | null,
  changes: Input<ProduceRequest> = {},
  version = 9,
  clientId?: string,
): Promise<PartitionAnswer> {
  const request = {
    acks: -1,
    timeoutMs: 5000,
    topicData: [{ name: topic, topicId: topicIdOf(topic), partitionData: [{ index: 0, records }] }],
  }
  const response = await world.ask(produceRequest, produceResponse, version, { ...request, ...changes }, clientId)
  return response.responses[0]?.partitionResponses[0] as PartitionAnswer
}

describe('Produce', () => {
  it('appends in every version and tells the offsets', async () => {
    const world = await DataPathWorld.start()
    await world.createTopic('words')
    for (let version = 3; version <= 13; version++) {
      const answer = await answerTo(world, 'words', batchOf([`a${version}`, `b${version}`]), {}, version)
      assert.equal(answer.errorCode, ErrorCode.NONE)
      assert.equal(answer.baseOffset, BigInt((version - 3) * 2))
      assert.equal(answer.logAppendTimeMs, -1n)
      if (version >= 5) assert.equal(answer.logStartOffset, 0n)
    }
    assert.deepEqual((await fetchAll(world, 'words')).slice(0, 3), ['a3', 'b3', 'a4'])
  })

  it('answers each partition of a request for itself', async () => {
    const world = await DataPathWorld.start()
    await world.createTopic('words', 2)
    const response = await world.ask(produceRequest, produceResponse, 9, {
      acks: 1,
      timeoutMs: 5000,
      topicData: [
        {
          name: 'words',
          partitionData: [
            { index: 0, records: batchOf(['zero']) },
            { index: 7, records: batchOf(['seven']) },
            { index: 1, records: batchOf(['one']) },
          ],
        },
        { name: 'unknown', partitionData: [{ index: 0, records: batchOf(['lost']) }] },
      ],
    })
    const codes = response.responses.map(({ partitionResponses }) =>
      partitionResponses.map(({ index, errorCode, baseOffset }) => [index, errorCode, baseOffset]),
    )
    const unknown = ErrorCode.UNKNOWN_TOPIC_OR_PARTITION
    assert.deepEqual(codes, [
      [
        [0, 0, 0n],
        [7, unknown, -1n],
        [1, 0, 0n],
      ],
      [[0, unknown, -1n]],
    ])
  })

  it('refuses what is no single batch of format 2, with words', async () => {
    const world = await DataPathWorld.start()
    await world.createTopic('words')
    const good = batchOf(['one'])
    const corrupt = batchOf(['one'])
    corrupt[corrupt.length - 1] = 0x55
    const cases: [string, Buffer | null, number][] = [
      ['none', null, ErrorCode.INVALID_RECORD],
      ['empty', Buffer.alloc(0), ErrorCode.INVALID_RECORD],
      ['two', Buffer.concat([good, batchOf(['two'])]), ErrorCode.INVALID_RECORD],
      ['cut', good.subarray(0, good.length - 1), ErrorCode.INVALID_RECORD],
      ['corrupt', corrupt, ErrorCode.CORRUPT_MESSAGE],
      [
        'transactional',
        encodeRecordBatch({
          records: [{ value: good }],
          isTransactional: true,
          producerId: 1,
          producerEpoch: 0,
          baseSequence: 0,
        }),
        ErrorCode.TRANSACTIONAL_ID_AUTHORIZATION_FAILED,
      ],
    ]
    for (const [name, records, errorCode] of cases) {
      const answer = await answerTo(world, 'words', records)
      assert.equal(answer.errorCode, errorCode, name)
      assert.ok((answer.errorMessage ?? '').length > 10, `${name} has a message`)
      assert.equal(answer.baseOffset, -1n)
    }
    assert.equal((await answerTo(world, 'words', good)).baseOffset, 0n)
  })

  it('refuses zstd from versions that do not know it', async () => {
    const world = await DataPathWorld.start()
    await world.createTopic('words')
    const zstd = encodeRecordBatch({ records: [{ value: Buffer.from('x') }], compression: 'zstd' })
    assert.equal((await answerTo(world, 'words', zstd, {}, 6)).errorCode, ErrorCode.UNSUPPORTED_COMPRESSION_TYPE)
    assert.equal((await answerTo(world, 'words', zstd, {}, 7)).errorCode, ErrorCode.NONE)
  })

  it('refuses acks that there are not, unknown topic ids, and clients on internal topics', async () => {
    const world = await DataPathWorld.start()
    await world.createTopic('words')
    await world.createTopic('__consumer_offsets')
    assert.equal(
      (await answerTo(world, 'words', batchOf(['x']), { acks: 2 })).errorCode,
      ErrorCode.INVALID_REQUIRED_ACKS,
    )
    assert.equal((await answerTo(world, 'other', batchOf(['x']), {}, 13)).errorCode, ErrorCode.UNKNOWN_TOPIC_ID)
    const internal = await answerTo(world, '__consumer_offsets', batchOf(['x']))
    assert.equal(internal.errorCode, ErrorCode.INVALID_TOPIC_EXCEPTION)
    const admin = await answerTo(world, '__consumer_offsets', batchOf(['x']), {}, 9, '__admin_client')
    assert.equal(admin.errorCode, ErrorCode.NONE)
  })

  it('names the leader beside NOT_LEADER_OR_FOLLOWER', async () => {
    const world = await DataPathWorld.start()
    await world.createTopic('words', 1, { leader: 2, leaderEpoch: 3, isr: [1, 2], replicas: [1, 2] })
    await world.updateMetadata(
      'words',
      [{ partitionIndex: 0, leader: 2, leaderEpoch: 3, isr: [1, 2], replicas: [1, 2] }],
      { brokers: [1, 2] },
    )
    const response = await world.ask(produceRequest, produceResponse, 10, {
      acks: 1,
      timeoutMs: 5000,
      topicData: [{ name: 'words', partitionData: [{ index: 0, records: batchOf(['x']) }] }],
    })
    const answer = response.responses[0]?.partitionResponses[0]
    assert.equal(answer?.errorCode, ErrorCode.NOT_LEADER_OR_FOLLOWER)
    assert.deepEqual(answer?.currentLeader, { leaderId: 2, leaderEpoch: 3 })
    assert.deepEqual(response.nodeEndpoints, [{ nodeId: 2, host: 'host-2', port: 9092, rack: null }])
  })

  it('without acks sends nothing, and ends the connection after an error', async () => {
    const world = await DataPathWorld.start()
    await world.createTopic('words')
    const connection = await world.connect()
    const requestFor = (name: string): Input<ProduceRequest> => ({
      acks: 0,
      timeoutMs: 5000,
      topicData: [{ name, partitionData: [{ index: 0, records: batchOf(['x']) }] }],
    })
    await world.run(connection.sendOneWay(produceRequest, 9, requestFor('words')))
    await world.run(connection.negotiate())
    assert.deepEqual(await fetchAll(world, 'words'), ['x'])
    await world.run(connection.sendOneWay(produceRequest, 9, requestFor('unknown')))
    await world.pass(1000)
    assert.equal(connection.isOpen, false)
  })

  it('keeps the order of pipelined requests', async () => {
    const world = await DataPathWorld.start()
    await world.createTopic('words')
    const connection = await world.connect()
    const texts = Array.from({ length: 50 }, (_, index) => `w${index}`)
    const answers = await world.run(
      Promise.all(
        texts.map((text) =>
          connection.send(produceRequest, produceResponse, 9, {
            acks: -1,
            timeoutMs: 5000,
            topicData: [{ name: 'words', partitionData: [{ index: 0, records: batchOf([text]) }] }],
          }),
        ),
      ),
    )
    assert.deepEqual(
      answers.map(({ responses }) => responses[0]?.partitionResponses[0]?.baseOffset),
      texts.map((_, index) => BigInt(index)),
    )
    assert.deepEqual(await fetchAll(world, 'words'), texts)
  })

  it('takes a retry of an idempotent producer for what it is', async () => {
    const world = await DataPathWorld.start()
    await world.createTopic('words')
    const sequenced = (baseSequence: number, text: string): Buffer =>
      encodeRecordBatch({ records: [{ value: Buffer.from(text) }], producerId: 7, producerEpoch: 0, baseSequence })
    assert.equal((await answerTo(world, 'words', sequenced(0, 'a'))).baseOffset, 0n)
    assert.equal((await answerTo(world, 'words', sequenced(1, 'b'))).baseOffset, 1n)
    assert.equal((await answerTo(world, 'words', sequenced(1, 'b'))).baseOffset, 1n)
    assert.equal((await answerTo(world, 'words', sequenced(9, 'c'))).errorCode, ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER)
    assert.deepEqual(await fetchAll(world, 'words'), ['a', 'b'])
  })
})

describe('acks=all', () => {
  const replicated = { leader: 1, isr: [1, 2], replicas: [1, 2, 3] }

  it('is answered when the in-sync replicas have the records, and not before', async () => {
    const world = await DataPathWorld.start()
    await world.createTopic('words', 1, replicated)
    const connection = await world.connect()
    let isAnswered = false
    const answer = produce(connection, 'words', ['x'], { timeoutMs: 60_000 }).finally(() => {
      isAnswered = true
    })
    await world.pass(5000)
    assert.equal(isAnswered, false)
    assert.deepEqual(await fetchAll(world, 'words'), [])
    await fetchAll(world, 'words', { replicaId: 2, offset: 0n })
    await fetchAll(world, 'words', { replicaId: 2, offset: 1n })
    assert.equal((await world.run(answer)).errorCode, ErrorCode.NONE)
    assert.deepEqual(await fetchAll(world, 'words'), ['x'])
  })

  it('times out when they do not come, and keeps the records', async () => {
    const world = await DataPathWorld.start()
    await world.createTopic('words', 1, replicated)
    const connection = await world.connect()
    const answer = await world.run(produce(connection, 'words', ['x'], { timeoutMs: 1500 }))
    assert.equal(answer.errorCode, ErrorCode.REQUEST_TIMED_OUT)
    assert.deepEqual(await fetchAll(world, 'words', { replicaId: 2, offset: 0n }), ['x'])
  })

  it('is refused below min.insync.replicas, while acks=1 is not', async () => {
    const world = await DataPathWorld.start()
    world.minInSyncReplicas = 2
    await world.createTopic('words', 1, { leader: 1, isr: [1], replicas: [1, 2, 3] })
    const connection = await world.connect()
    const refused = await world.run(produce(connection, 'words', ['x'], {}))
    assert.equal(refused.errorCode, ErrorCode.NOT_ENOUGH_REPLICAS)
    const taken = await world.run(produce(connection, 'words', ['x'], { acks: 1 }))
    assert.equal(taken.errorCode, ErrorCode.NONE)
  })

  it('fails when another broker becomes the leader meanwhile', async () => {
    const world = await DataPathWorld.start()
    await world.createTopic('words', 1, replicated)
    const connection = await world.connect()
    const answer = produce(connection, 'words', ['x'], { timeoutMs: 60_000 })
    await world.pass(1000)
    await world.leaderAndIsr('words', [
      { partitionIndex: 0, leader: 2, leaderEpoch: 1, isr: [1, 2], replicas: [1, 2, 3] },
    ])
    assert.equal((await world.run(answer)).errorCode, ErrorCode.NOT_LEADER_OR_FOLLOWER)
  })

  it('with flush.messages=1 survives a power failure', async () => {
    const world = await DataPathWorld.start({ logConfig: { flushMessages: 1 } })
    await world.createTopic('words')
    const connection = await world.connect()
    const texts = Array.from({ length: 20 }, (_, index) => `w${index}`)
    const answers = await world.run(Promise.all(texts.map((text) => produce(connection, 'words', [text], {}))))
    assert.ok(answers.every(({ errorCode }) => errorCode === ErrorCode.NONE))
    await world.crash('power')
    await world.createTopic('words', 1, { leaderEpoch: 1 })
    // What was found counts once it is synced.
    await world.pass(1000)
    assert.deepEqual(await fetchAll(world, 'words'), texts)
  })

  it('finds everything again after a restart and after the process is killed', async () => {
    const world = await DataPathWorld.start()
    await world.createTopic('words')
    await world.run(produce(await world.connect(), 'words', ['a'], {}))
    await world.restart()
    await world.createTopic('words', 1, { leaderEpoch: 1 })
    await world.run(produce(await world.connect(), 'words', ['b'], {}))
    await world.crash('process')
    await world.createTopic('words', 1, { leaderEpoch: 2 })
    await world.run(produce(await world.connect(), 'words', ['c'], {}))
    assert.deepEqual(await fetchAll(world, 'words'), ['a', 'b', 'c'])
  })
})

it('a record comes out as it went in', async () => {
  const world = await DataPathWorld.start()
  await world.createTopic('words')
  const batch = encodeRecordBatch({
    records: [
      {
        key: Buffer.from('k'),
        value: Buffer.from('v'),
        timestampMs: 1234,
        headers: [{ key: 'h', value: Buffer.from('x') }],
      },
    ],
    compression: 'gzip',
  })
  assert.equal((await answerTo(world, 'words', batch)).errorCode, ErrorCode.NONE)
  assert.deepEqual(
    await fetchAll(world, 'words', { decode: (records) => textsIn(records, ({ key }) => String(key)) }),
    ['k'],
  )
})
