import assert from 'node:assert/strict'
import { test } from 'node:test'
import { deserializerOf } from './deserializer.ts'

function bytesOf(sizeBytes: number, write: (bytes: Buffer) => void): Buffer {
  const bytes = Buffer.alloc(sizeBytes)
  write(bytes)
  return bytes
}

test("values are shown as Java's deserializers show them", () => {
  const shown = (type: string, bytes: Buffer): string | undefined =>
    deserializerOf(`org.apache.kafka.common.serialization.${type}Deserializer`)?.(bytes)
  assert.equal(shown('String', Buffer.from('Käse')), 'Käse')
  assert.equal(
    shown(
      'Long',
      bytesOf(8, (bytes) => bytes.writeBigInt64BE(-5n)),
    ),
    '-5',
  )
  assert.equal(
    shown(
      'Integer',
      bytesOf(4, (bytes) => bytes.writeInt32BE(7)),
    ),
    '7',
  )
  assert.equal(
    shown(
      'Double',
      bytesOf(8, (bytes) => bytes.writeDoubleBE(9e7)),
    ),
    '9.0E7',
  )
  assert.equal(
    shown(
      'Float',
      bytesOf(4, (bytes) => bytes.writeFloatBE(0.1)),
    ),
    '0.1',
  )
  assert.equal(shown('Bytes', Buffer.from([0x41, 0x00, 0xff])), 'A\\x00\\xFF')
})

test('bytes of the wrong size are an error, classes of somebody else are none of ours', () => {
  assert.throws(() => deserializerOf('LongDeserializer')?.(Buffer.from('abc')), {
    message:
      'org.apache.kafka.common.errors.SerializationException: Size of data received by LongDeserializer is not 8',
  })
  assert.equal(deserializerOf('com.example.OwnDeserializer'), undefined)
  assert.equal(deserializerOf('constructor'), undefined)
})
