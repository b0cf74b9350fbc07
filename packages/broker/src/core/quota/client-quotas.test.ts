import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ClientQuotas } from './client-quotas.ts'

const limited = (limit: number): Map<string, number> => new Map([['producer_byte_rate', limit]])

/** Which of the quotas, which are powers of ten, holds for a client: by how long a million bytes cost. */
function limitOf(quotas: ClientQuotas, user: string, clientId: string): number {
  const excessMs = quotas.charge('producer_byte_rate', user, clientId, 1_000_000, 0)
  return Math.round(1_000_000_000 / (excessMs + 10_000))
}

test('the most special quota holds, in the order of Kafka', () => {
  const paths = [
    'clients/<default>',
    'clients/c',
    'users/<default>',
    'users/<default>/clients/<default>',
    'users/<default>/clients/c',
    'users/u',
    'users/u/clients/<default>',
    'users/u/clients/c',
  ]
  // Each quota that is added is more special than those before it.
  for (let count = 1; count <= paths.length; count++) {
    const quotas = new ClientQuotas()
    for (const [index, path] of paths.slice(0, count).entries()) quotas.set(path, limited(100 + index))
    assert.equal(limitOf(quotas, 'u', 'c'), 100 + count - 1, paths[count - 1])
  }
})

test('clients share the quota of their user, and have one each of a default', () => {
  const quotas = new ClientQuotas()
  quotas.set('users/u', limited(1000))
  quotas.set('clients/<default>', limited(1000))
  const charge = (user: string, clientId: string): number =>
    quotas.charge('producer_byte_rate', user, clientId, 10_000, 0)
  assert.equal(charge('u', 'a'), 0)
  assert.equal(charge('u', 'b'), 10_000)
  assert.equal(charge('v', 'a'), 0)
  assert.equal(charge('v', 'b'), 0)
  assert.equal(charge('w', 'b'), 10_000)
  quotas.set('clients/<default>', new Map())
  assert.equal(charge('w', 'b'), 0)
})

test('names are kept apart from paths', () => {
  const quotas = new ClientQuotas()
  quotas.set('users/a%2Fclients%2Fb', limited(1))
  assert.equal(quotas.charge('producer_byte_rate', 'a', 'b', 1_000_000, 0), 0)
  assert.ok(quotas.charge('producer_byte_rate', 'a/clients/b', '', 1_000_000, 0) > 0)
})
