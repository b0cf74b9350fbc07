import assert from 'node:assert/strict'
import { test } from 'node:test'
import { allErrors, ApiKey, apiNameOf, ErrorCode, errorOf, KafkaError } from '@odradek/kafka-protocol'
import { requestHeaderVersion, responseHeaderVersion } from '../src/api-key.ts'
import { allMessages, allVersions } from './all-messages.ts'

test('every api has a request and a response of the same versions, and every such message an api', () => {
  for (const [name, apiKey] of Object.entries(ApiKey)) {
    assert.equal(apiNameOf(apiKey), name)
    const [request, response, ...others] = allMessages
      .filter((message) => message.apiKey === apiKey && message.kind !== 'data')
      .filter(({ name: message }) => !message.startsWith('ListClientMetricsResources'))
    assert.deepEqual([request?.kind, response?.kind, others.length], ['request', 'response', 0], name)
    assert.equal(request?.minVersion, response?.minVersion, name)
    assert.equal(request?.maxVersion, response?.maxVersion, name)
  }
  const keys = new Set<number | undefined>(Object.values(ApiKey))
  for (const { kind, name, apiKey } of allMessages) if (kind === 'request') assert.ok(keys.has(apiKey), name)
})

test('headers are flexible where their messages are', () => {
  for (const [message, version] of allVersions) {
    if (message.apiKey === undefined || (message.apiKey === ApiKey.CONTROLLED_SHUTDOWN && version === 0)) continue
    const isFlexible = message.flexibleFrom !== undefined && version >= message.flexibleFrom
    if (message.kind === 'request')
      assert.equal(requestHeaderVersion(message.apiKey, version), isFlexible ? 2 : 1, message.name)
    if (message.kind === 'response' && message.apiKey !== ApiKey.API_VERSIONS) {
      assert.equal(responseHeaderVersion(message.apiKey, version), isFlexible ? 1 : 0, message.name)
    }
  }
})

test('error codes are those of Kafka 4.3: -1 to 133 without a gap, each with a text', () => {
  const errors = allErrors()
  assert.deepEqual(
    errors.map(({ code }) => code),
    Array.from({ length: 135 }, (_, index) => index - 1),
  )
  for (const { code, name, message } of errors) {
    assert.equal(ErrorCode[name], code)
    assert.match(message, /^[A-Z].*\.$/)
  }
  assert.equal(errors.filter(({ retriable }) => retriable).length, 32)
})

test('an error that is thrown carries what goes on the wire', () => {
  const error = new KafkaError('NOT_LEADER_OR_FOLLOWER')
  assert.deepEqual([error.code, error.errorCode, error.retriable], ['NOT_LEADER_OR_FOLLOWER', 6, true])
  assert.equal(error.message, errorOf(6).message)
  assert.equal(KafkaError.of(29, 'no').message, 'no')
  assert.equal(KafkaError.of(30_000).code, 'UNKNOWN_SERVER_ERROR')
})
