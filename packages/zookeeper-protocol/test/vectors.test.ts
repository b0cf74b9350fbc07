import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { ByteReader } from '@odradek/base'
import { recordByName, recordNames } from '@odradek/zookeeper-protocol'

interface Vector {
  readonly record: string
  readonly variant: number
  readonly fields: unknown
  readonly hex: string
}

const fixture = new URL('fixtures/zookeeper-3.8.4-jute-vectors.jsonl.gz', import.meta.url)
const vectors = gunzipSync(readFileSync(fixture))
  .toString('utf8')
  .split('\n')
  .filter((line) => line !== '')
  .map((line) => JSON.parse(line) as Vector)

/** The form of the fixture: longs as "123n", buffers as "hex:..". */
function toFixtureForm(value: unknown): unknown {
  if (typeof value === 'bigint') return `${value}n`
  if (Buffer.isBuffer(value)) return `hex:${value.toString('hex')}`
  if (Array.isArray(value)) return value.map(toFixtureForm)
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, toFixtureForm(field)]))
}

test(`records that ZooKeeper 3.8.4 wrote are read field by field and written byte by byte (${vectors.length})`, () => {
  assert.equal(vectors.length, 288)
  for (const { record, variant, fields, hex } of vectors) {
    const definition = recordByName(record)
    assert.ok(definition, record)
    const reader = new ByteReader(Buffer.from(hex, 'hex'))
    const value = definition.decode(reader)
    const label = `${record} ${variant}`
    assert.equal(JSON.stringify(toFixtureForm(value)), JSON.stringify(fields), label)
    assert.equal(reader.remaining, 0, label)
    assert.equal(definition.toBuffer(value).toString('hex'), hex, label)
  }
})

test('every record that is defined has vectors', () => {
  const covered = new Set(vectors.map(({ record }) => record))
  assert.deepEqual(
    recordNames().filter((name) => !covered.has(name)),
    [],
  )
})
