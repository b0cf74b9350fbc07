import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ByteReader } from '@odradek/base'
import { requestHeaderVersion, responseHeaderVersion } from './api-key.ts'
import { decodeRequestHeader, decodeResponseHeader, encodeRequest, encodeResponse } from './frame.ts'
import { controlledShutdownRequest } from './messages/07-controlled-shutdown.ts'
import { heartbeatRequest, heartbeatResponse } from './messages/12-heartbeat.ts'
import { apiVersionsRequest, apiVersionsResponse } from './messages/18-api-versions.ts'

/** The content of a frame whose size is right. */
function open(chunks: readonly Buffer[]): ByteReader {
  const whole = Buffer.concat(chunks)
  assert.equal(whole.readInt32BE(0), whole.length - 4)
  return new ByteReader(whole, 4)
}

test('a request is framed with its size and the header that its version has', () => {
  const envelope = { apiKey: 12, correlationId: 7, clientId: 'me' }
  for (const apiVersion of [0, 4]) {
    const value = { groupId: 'group', generationId: 3, memberId: 'member' }
    const reader = open(encodeRequest({ ...envelope, apiVersion }, heartbeatRequest, value))
    assert.deepEqual(decodeRequestHeader(reader), { ...envelope, apiVersion })
    assert.deepEqual(heartbeatRequest.decode(reader, apiVersion), { ...value, groupInstanceId: null })
    assert.equal(reader.remaining, 0)
  }
})

test('the bytes of ApiVersions 3, as Kafka clients send them', () => {
  const envelope = { apiKey: 18, apiVersion: 3, correlationId: 1, clientId: 'c' }
  const frame = encodeRequest(envelope, apiVersionsRequest, { clientSoftwareName: 'a', clientSoftwareVersion: '1' })
  assert.equal(
    Buffer.concat(frame).toString('hex'),
    '00000011' + '0012000300000001000163' + '00' + '0261' + '0231' + '00',
  )
})

test('the oldest header of all is only that of ControlledShutdown 0: it has no client id', () => {
  const frame = encodeRequest(
    { apiKey: 7, apiVersion: 0, correlationId: 1, clientId: 'dropped' },
    controlledShutdownRequest,
    { brokerId: 5 },
  )
  assert.equal(Buffer.concat(frame).toString('hex'), '0000000c' + '0007000000000001' + '00000005')
  assert.equal(decodeRequestHeader(open(frame)).clientId, null)
})

test('a response is framed with its correlation id; that of ApiVersions never has tagged fields before it', () => {
  const heartbeat = open(
    encodeResponse({ apiKey: 12, apiVersion: 4, correlationId: 9 }, heartbeatResponse, { errorCode: 27 }),
  )
  assert.equal(decodeResponseHeader(heartbeat, 12, 4), 9)
  assert.equal(heartbeatResponse.decode(heartbeat, 4).errorCode, 27)
  const apiVersions = encodeResponse({ apiKey: 18, apiVersion: 3, correlationId: 9 }, apiVersionsResponse, {})
  assert.equal(Buffer.concat(apiVersions).toString('hex'), '0000000c' + '00000009' + '0000' + '01' + '00000000' + '00')
})

test('an unknown api is taken to have the header that all can read', () => {
  assert.equal(requestHeaderVersion(9999, 12), 1)
  assert.equal(responseHeaderVersion(9999, 12), 0)
})
