import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { test } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { checkFile } from './check-file.ts'
import type { VectorTotals } from './check-file.ts'

const fixtures = 'packages/kafka-protocol/test/fixtures'

async function check(...files: string[]): Promise<VectorTotals & { failures: string[] }> {
  const totals = { passed: 0, failed: 0, skipped: 0 }
  const failures: string[] = []
  for (const file of files) await checkFile(file, totals, (failure) => failures.push(failure))
  return { ...totals, failures }
}

/** Checks lines in a file of their own. */
async function checkLines(...lines: string[]): Promise<VectorTotals & { failures: string[] }> {
  const folder = mkdtempSync(path.join(tmpdir(), 'odradek-vectors-'))
  try {
    const file = path.join(folder, 'lines.jsonl')
    writeFileSync(file, lines.join('\n'))
    return await check(file)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function linesOf(fixture: string): string[] {
  return gunzipSync(readFileSync(path.join(fixtures, fixture)))
    .toString('utf8')
    .trim()
    .split('\n')
}

test('what the classes of Kafka 3.9.1 and 4.3.1 wrote is read field by field and written byte by byte', async () => {
  const files = ['kafka-4.3.1-vectors', 'kafka-3.9.1-vectors', 'record-batches'].map(
    (name) => `${fixtures}/${name}.jsonl.gz`,
  )
  assert.deepEqual(await check(...files), { passed: 1495, failed: 0, skipped: 2, failures: [] })
})

test('what the classes of ZooKeeper 3.8.4 wrote, too', async () => {
  const { passed, failures } = await check(
    'packages/zookeeper-protocol/test/fixtures/zookeeper-3.8.4-jute-vectors.jsonl.gz',
  )
  assert.deepEqual({ passed, failures }, { passed: 288, failures: [] })
})

const fetchOffset =
  '{"api":"OffsetDelete","key":47,"kind":"request","version":0,"headerVersion":1,"variant":0,"message":{"groupId":"g","topics":[{"name":"t","partitions":[{"partitionIndex":7}]}]},"hex":"000167000000010001740000000100000007"}'

test('a vector that is not ours in every field and byte fails by its name', async () => {
  assert.equal((await checkLines(fetchOffset)).passed, 1)
  const damaged: readonly (readonly [damage: string, from: string, to: string, expected: RegExp])[] = [
    [
      'a value',
      '"partitionIndex":7',
      '"partitionIndex":8',
      /topics\[0\]\.partitions\[0\]\.partitionIndex: 7 instead of 8/,
    ],
    ['a field too many', '"groupId":"g"', '"groupId":"g","extra":1', /no field extra/],
    ['a field that is missing', '"groupId":"g",', '', /groupId: "g" instead of the default ""/],
    ['an element too many', '[{"name"', '[{"name":"s","partitions":[]},{"name"', /1 elements instead of 2/],
    ['a byte too many', '000007"', '00000700"', /1 bytes are left/],
    ['a byte too few', '000007"', '0000"', /DecodeError/],
    ['another api key', '"key":47', '"key":46', /api key 47 instead of 46/],
    ['another header', '"headerVersion":1', '"headerVersion":2', /header version 1 instead of 2/],
    ['an unknown version', '"version":0', '"version":9', /no version 9/],
    ['an unknown message', 'OffsetDelete', 'OffsetDestroy', /no such message/],
    ['no JSON', '"message":{', '"message":', /SyntaxError/],
  ]
  for (const [damage, from, to, expected] of damaged) {
    assert.ok(fetchOffset.includes(from), damage)
    const { passed, failed, failures } = await checkLines(fetchOffset.replace(from, to))
    assert.deepEqual([passed, failed], [0, 1], damage)
    assert.match(String(failures[0]), expected, damage)
  }
})

test('int64 values are compared exactly beyond 2^53', async () => {
  const line = linesOf('kafka-4.3.1-vectors.jsonl.gz').find((each) => /"producerId":-?\d{18}/.test(each)) as string
  assert.equal((await checkLines(line)).passed, 1)
  const { failures } = await checkLines(
    line.replace(
      /("producerId":-?\d{17})(\d)/,
      (_, head: string, last: string) => head + String((Number(last) + 1) % 10),
    ),
  )
  assert.match(String(failures[0]), /producerId/)
})

test('damage in a record batch is found, in its header, its records and its bytes', async () => {
  const line = linesOf('record-batches.jsonl.gz').find((each) =>
    each.includes('"magic2-lz4-3-CreateTime-transactional"'),
  ) as string
  assert.equal((await checkLines(line)).passed, 1)
  for (const [from, to] of [
    [/"producerId":\d+/, '"producerId":1'],
    [/"transactional":true/, '"transactional":false'],
    [/"timestamp":\d+/, '"timestamp":1'],
    [/"key":"\w\w/, '"key":"00'],
    [/(?<=[0-9a-f])[0-9a-f]{2}"}/, 'zz"}'],
    [/[0-9a-f]{8}"}/, '"}'],
    [/[0-9a-f]{8}"}/, '00000000"}'],
  ] as const) {
    assert.match(line, from)
    const { passed, failed } = await checkLines(line.replace(from, to))
    assert.deepEqual([passed, failed], [0, 1], String(from))
  }
})

test('a file that is not there, or holds nothing, fails', async () => {
  assert.equal((await check('no/such/file')).failed, 1)
  assert.equal((await checkLines('')).failed, 1)
})
