import assert from 'node:assert/strict'
import { test } from 'node:test'
import { renderRows } from './render-rows.ts'

const rows = [
  { topic: 'orders', partitionCount: 12, replicas: [1, 2], offset: 2n ** 60n },
  { topic: 'a', partitionCount: 1, replicas: [], offset: null },
]

test('a table has its header in capitals, numbers to the right, and no trailing blanks', async () => {
  assert.equal(
    await renderRows('table', rows),
    [
      'TOPIC   PARTITION-COUNT  REPLICAS               OFFSET',
      'orders               12  1,2       1152921504606846976',
      'a                     1                              -',
      '',
    ].join('\n'),
  )
  assert.equal(await renderRows('table', [], ['topic', 'lag']), 'TOPIC  LAG\n')
})

test('other formats hold the same values; integers beyond 2^53 are text', async () => {
  const plain = [
    { topic: 'orders', partitionCount: 12, replicas: [1, 2], offset: '1152921504606846976' },
    { topic: 'a', partitionCount: 1, replicas: [], offset: null },
  ]
  assert.deepEqual(JSON.parse(await renderRows('json', rows)), plain)
  assert.deepEqual(
    (await renderRows('jsonl', rows))
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line)),
    plain,
  )
  const { parse } = await import('yaml')
  assert.deepEqual(parse(await renderRows('yaml', rows)), plain)
  assert.equal(await renderRows('jsonl', []), '')
})
