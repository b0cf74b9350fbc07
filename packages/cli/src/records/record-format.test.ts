import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { PrintedRecord } from './printed-record.ts'
import { parseRecordFormat } from './record-format.ts'

const record: PrintedRecord = {
  topic: 'orders',
  partition: 3,
  offset: 42,
  timestampMs: 1_700_000_000_000,
  key: Buffer.from('ada'),
  value: Buffer.from('héllo'),
  headers: [
    { key: 'trace', value: Buffer.from('1') },
    { key: 'none', value: null },
  ],
}

test("every token of kcat's format", () => {
  const print = parseRecordFormat('%t/%p@%o %k(%K)=%s(%S) %T [%h] 100%%\\n')
  assert.equal(
    Buffer.from(print(record)).toString(),
    'orders/3@42 ada(3)=héllo(6) 1700000000000 [trace=1,none=NULL] 100%\n',
  )
  const none = { ...record, key: null, value: null, headers: [] }
  assert.equal(Buffer.from(print(none)).toString(), 'orders/3@42 (-1)=(-1) 1700000000000 [] 100%\n')
})

test('lengths in binary, bytes by number', () => {
  assert.deepEqual([...parseRecordFormat('%R\\xff\\0\\t\\q')(record)], [0, 0, 0, 6, 0xff, 0, 9, 'q'.charCodeAt(0)])
})

test('a token that there is not is named', () => {
  assert.throws(() => parseRecordFormat('%z'), { code: 'INVALID_OPTION', message: /%z.*%s/ })
  assert.throws(() => parseRecordFormat('100%'), { code: 'INVALID_OPTION' })
})
