import assert from 'node:assert/strict'
import { test } from 'node:test'
import { lineReader } from './line-reader.ts'

test('a line is a value, or has a key and headers before it', () => {
  assert.deepEqual(lineReader({})('a\tb'), { key: null, value: 'a\tb', headers: [] })
  const read = lineReader({ 'parse.key': 'true', 'parse.headers': 'true', 'null.marker': 'NULL' })
  assert.deepEqual(read('h1:v1,h2:NULL\tk\tv\tw'), {
    key: 'k',
    value: 'v\tw',
    headers: [
      { key: 'h1', value: 'v1' },
      { key: 'h2', value: null },
    ],
  })
  assert.deepEqual(read('NULL\tNULL\tNULL'), { key: null, value: null, headers: [] })
})

test('what is missing is an error that names the line, or is forgiven', () => {
  const read = lineReader({ 'parse.key': 'true' })
  read('k\tv')
  assert.throws(() => read('no key'), {
    message: "org.apache.kafka.common.KafkaException: No key separator found on line number 2: 'no key'",
  })
  const forgiving = lineReader({ 'parse.key': 'true', 'ignore.error': 'true' })
  assert.deepEqual(forgiving('no key'), { key: null, value: 'no key', headers: [] })
})

test('separators are to differ', () => {
  assert.throws(() => lineReader({ 'headers.delimiter': ',' }), {
    message: 'org.apache.kafka.common.KafkaException: headers.delimiter and headers.separator may not be equal',
  })
})
