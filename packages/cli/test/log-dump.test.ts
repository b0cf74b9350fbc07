import assert from 'node:assert/strict'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { after, before, describe, test } from 'node:test'
import { encodeRecordBatch, endTransactionMarker } from '@odradek/kafka-protocol'
import { OdradekUnderTest } from './odradek.ts'

describe('odradek log dump', () => {
  let odradek: OdradekUnderTest
  let folder: string
  before(async () => {
    odradek = await OdradekUnderTest.start()
    folder = odradek.logDirectory
    await odradek.output(['topic', 'create', 'orders'])
    await odradek.output(['produce', '-t', 'orders', '-K', ':', '-H', 'by=hand', '-z', 'gzip'], 'ada:1\ngrace:2\n')
    await odradek.output(['produce', '-t', 'orders', '-Z'], 'x\n\n')
    await odradek.output(['consume', 'orders', '-G', 'readers', '-c', '4'])
  })
  after(() => odradek.stop())
  const jsonl = async (...args: string[]): Promise<Record<string, unknown>[]> =>
    (await odradek.output(['log', 'dump', ...args, '-o', 'jsonl']))
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Record<string, unknown>)

  test('batches, records, formats, bounds', async () => {
    const batches = await jsonl(`${folder}/orders-0`)
    assert.deepEqual(
      batches.map(({ baseOffset, lastOffset, records, compression }) => [baseOffset, lastOffset, records, compression]),
      [
        [0, 1, 2, 'gzip'],
        [2, 3, 2, 'none'],
      ],
    )
    assert.match(
      await odradek.output(['log', 'dump', `${folder}/orders-0`]),
      /^POSITION +BASE-OFFSET +LAST-OFFSET.*\n +0 +0 +1 /,
    )
    const records = await jsonl(`${folder}/orders-0`, '--records', '--from', '1', '-c', '2')
    assert.deepEqual(
      records.map(({ offset, key, value, headers }) => [offset, key, value, headers]),
      [
        [1, 'grace', '2', ['by=hand']],
        [2, null, 'x', []],
      ],
    )
    const format = ['log', 'dump', `${folder}/orders-0`, '-f', '%t:%p:%o %k=%s;', '--to', '2']
    assert.equal(await odradek.output(format), 'orders:0:0 ada=1;orders:0:1 grace=2;')
    const json = JSON.parse(
      await odradek.output(['log', 'dump', `${folder}/orders-0`, '-r', '-o', 'json']),
    ) as unknown[]
    assert.equal(json.length, 4)
    assert.equal(await odradek.output(['log', 'dump', `${folder}/orders-0`, '--from', '9', '-o', 'json']), '[]\n')
  })

  test('offsets of groups are read as such; files beside segments', async () => {
    const commits = (await jsonl(`${folder}/__consumer_offsets-0`, '-r')).filter(({ type }) => type === 'OffsetCommit')
    const last = commits.at(-1) as { key: object; value: { offset: number } } | undefined
    assert.deepEqual(last?.key, { group: 'readers', topic: 'orders', partition: 0 })
    assert.equal(last?.value.offset, 4)
    const groups = (await jsonl(`${folder}/__consumer_offsets-0`, '-r')).filter(({ type }) => type === 'GroupMetadata')
    assert.match(JSON.stringify(groups), /"topics":\["orders"\]/)
    assert.match(await odradek.output(['log', 'dump', `${folder}/orders-0/partition.metadata`]), /^TOPIC-ID\n\S{22}\n$/)
    assert.match(await odradek.output(['log', 'dump', `${folder}/meta.properties`]), /BROKER-ID +CLUSTER-ID/)
    assert.match((await odradek.run(['log', 'dump', `${folder}/.lock`])).errors, /no name of a file that is known/)
    assert.match((await odradek.run(['log', 'dump', folder])).errors, /name the directory of a partition/)
    assert.match((await odradek.run(['log', 'dump', `${folder}/none`])).errors, /there is no file/)
  })

  test('markers of transactions; damage is named with its place, and the exit code says so', async () => {
    const copy = path.join(folder, '..', 'copies', 'paid-0')
    mkdirSync(copy, { recursive: true })
    const whole = encodeRecordBatch({
      records: [{ value: Buffer.from([0xff, 0]), timestampMs: 7 }],
      producerId: 5,
      producerEpoch: 1,
      baseSequence: 0,
      isTransactional: true,
    })
    const marker = endTransactionMarker({
      outcome: 'commit',
      producerId: 5,
      producerEpoch: 1,
      coordinatorEpoch: 3,
      timestampMs: 8,
      baseOffset: 1,
    })
    const damaged = Buffer.from(readFileSync(`${folder}/orders-0/00000000000000000000.log`))
    damaged[80] = (damaged[80] ?? 0) ^ 1
    const segment = path.join(copy, '00000000000000000000.log')
    writeFileSync(segment, Buffer.concat([whole, marker]))
    const records = await jsonl(segment, '-r')
    assert.deepEqual(
      records.map(({ value }) => value),
      ['base64:/wA=', 'commit by coordinator epoch 3'],
    )
    writeFileSync(segment, Buffer.concat([damaged, Buffer.alloc(30)]))
    const { code, output, errors } = await odradek.run(['log', 'dump', segment, '-r', '-o', 'jsonl'])
    assert.equal(code, 1)
    assert.equal(output.split('\n').length, 3, 'the second batch is whole')
    assert.match(errors, /odradek: \S+0\.log: at byte 0 \(offset 0\): its CRC does not fit\n/)
    assert.match(errors, /at byte \d+: the last 30 bytes are no whole batch\n$/)
  })
})
