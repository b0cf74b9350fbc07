import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Simulation } from '@odradek/env-sim'
import { ApiKey } from '@odradek/kafka-protocol'
import { ClientQuotas } from '../core/quota/client-quotas.ts'
import type { QuotaRequest } from './throttle.ts'
import { throttleOfFetch } from './throttle.ts'

function requestOf(values: Readonly<Record<string, number>>): QuotaRequest {
  const { env } = new Simulation({ seed: 1 }).machine('broker')
  const clientQuotas = new ClientQuotas()
  clientQuotas.set('clients/c', new Map(Object.entries(values)))
  return { broker: { clientQuotas, env }, apiKey: ApiKey.FETCH, clientId: 'c', connection: { principal: 'User:u' } }
}

test('a fetch over either of its quotas carries no records, and they are not charged', () => {
  const request = requestOf({ consumer_byte_rate: 1000, request_percentage: 1 })
  assert.deepEqual(throttleOfFetch(request, {}, 9000, 0), { throttleMs: 0, isUsed: true })
  const ofBytes = throttleOfFetch(request, {}, 9000, 0)
  assert.ok(!ofBytes.isUsed && ofBytes.throttleMs > 0)
  const ofTime = throttleOfFetch(request, {}, 900, 10_000)
  assert.ok(!ofTime.isUsed && ofTime.throttleMs > 0)
  // What it did not get has cost nothing: of the ten seconds' worth of its window there is left what there was.
  const inWindow = requestOf({ consumer_byte_rate: 1000, request_percentage: 1 })
  throttleOfFetch(inWindow, {}, 900, 10_000)
  assert.deepEqual(throttleOfFetch(requestOf({ consumer_byte_rate: 1000 }), {}, 9900, 0), {
    throttleMs: 0,
    isUsed: true,
  })
  const { broker } = inWindow
  assert.equal(broker.clientQuotas.charge('consumer_byte_rate', 'u', 'c', 9900, 0), 0)
})
