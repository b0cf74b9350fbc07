import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DigestMd5Client } from './digest-md5-client.ts'
import { DigestMd5Server } from './digest-md5-server.ts'
import { digestResponse, parseDirectives } from './digest-md5.ts'
import { SaslError } from './sasl-error.ts'

test('the example of RFC 2831 comes out', () => {
  const facts = {
    user: 'chris',
    realm: 'elwood.innosoft.com',
    password: 'secret',
    nonce: 'OA6MG9tEQGm2hh',
    cnonce: 'OA6MHXh6VqTrRk',
    digestUri: 'imap/elwood.innosoft.com',
  }
  assert.equal(digestResponse(facts, 'client'), 'd388dad90d4bbd760a152321f2143af7')
  assert.equal(digestResponse(facts, 'server'), 'ea40f60335c427b5527b84dbabcdfffd')
})

const users = new Map([
  ['bob', 'builder'],
  ['jürgen', 'größe'],
  ['"Ω"\\', 'ключ'],
])

function pair(user: string, password: string): { client: DigestMd5Client; server: DigestMd5Server } {
  const server = new DigestMd5Server({ passwordOf: (name) => users.get(name), nonce: 'a+b/c=' })
  return { server, client: new DigestMd5Client({ user, password, cnonce: 'd"e' }) }
}

test('whoever knows the password is let in, and knows the server', () => {
  for (const [user, password] of users) {
    const { client, server } = pair(user, password)
    const response = client.evaluate(server.evaluate(client.initialToken))
    assert.equal(server.user, undefined)
    assert.equal(client.evaluate(server.evaluate(response ?? Buffer.alloc(0))), undefined)
    assert.equal(server.user, user)
  }
})

test('the challenge is the one that Java sends', () => {
  const { server } = pair('bob', '')
  const challenge = server.evaluate(Buffer.alloc(0)).toString()
  assert.equal(challenge, 'realm="zk-sasl-md5",nonce="a+b/c=",charset=utf-8,algorithm=md5-sess')
})

test('a wrong password, an unknown user, a replay and nonsense are refused, and the exchange is over', () => {
  const refuses = (user: string, password: string, change: (response: string) => string, code: string): void => {
    const { client, server } = pair(user, password)
    const response = client.evaluate(server.evaluate(Buffer.alloc(0))) ?? Buffer.alloc(0)
    const token = Buffer.from(change(response.toString('latin1')), 'latin1')
    const isRefused = (error: unknown): boolean => error instanceof SaslError && error.code === code
    assert.throws(() => server.evaluate(token), isRefused)
    assert.throws(() => server.evaluate(response), SaslError)
    assert.equal(server.user, undefined)
  }
  const same = (response: string): string => response
  refuses('bob', 'wrong', same, 'REFUSED')
  refuses('nobody', '', same, 'REFUSED')
  refuses('bob', 'builder', (response) => response.replace('a+b/c=', 'other'), 'MALFORMED')
  refuses('bob', 'builder', (response) => response.replace('nc=00000001', 'nc=00000002'), 'MALFORMED')
  refuses('bob', 'builder', (response) => response.replace('zookeeper/', 'imap/'), 'MALFORMED')
  refuses('bob', 'builder', (response) => `${response},qop=auth`, 'MALFORMED')
  refuses('bob', 'builder', () => '\0\xff', 'MALFORMED')
  refuses('bob', 'builder', () => 'x'.repeat(5000), 'MALFORMED')
})

test('the client does not trust a server that does not know the password', () => {
  const { client, server } = pair('bob', 'builder')
  client.evaluate(server.evaluate(Buffer.alloc(0)))
  assert.throws(() => client.evaluate(Buffer.from(`rspauth=${'0'.repeat(32)}`)), SaslError)
})

test('quoted directives may hold commas and escapes', () => {
  assert.deepEqual(
    [...parseDirectives(Buffer.from('A="x, \\"y\\"", b=c ,d=""'))],
    [
      ['a', 'x, "y"'],
      ['b', 'c'],
      ['d', ''],
    ],
  )
})
