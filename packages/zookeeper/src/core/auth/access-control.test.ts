import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Permission } from '@odradek/zookeeper-protocol'
import type { Acl, Id } from '@odradek/zookeeper-protocol'
import { AccessControl } from './access-control.ts'

const entry = (perms: number, scheme: string, id: string): Acl => ({ perms, id: { scheme, id } })
const id = (scheme: string, name: string): Id => ({ scheme, id: name })

test('address blocks hold the addresses that they should', () => {
  const access = new AccessControl()
  const allows = (block: string, address: string): boolean =>
    access.isAllowed([entry(31, 'ip', block)], Permission.read, [id('ip', address)])
  assert.equal(allows('10.1.2.3', '10.1.2.3'), true)
  assert.equal(allows('10.1.2.3', '10.1.2.4'), false)
  assert.equal(allows('10.1.0.0/16', '10.1.255.4'), true)
  assert.equal(allows('10.1.0.0/15', '10.0.255.4'), true)
  assert.equal(allows('10.1.0.0/16', '10.2.0.4'), false)
  assert.equal(allows('0.0.0.0/0', '8.8.8.8'), true)
  assert.equal(allows('0.0.0.0/0', '::1'), false)
  assert.equal(allows('2001:db8::/33', '2001:db8:7fff::1'), true)
  assert.equal(allows('2001:db8::/33', '2001:db8:8000::1'), false)
  assert.equal(allows('::1', '0:0:0:0:0:0:0:1'), true)
})

test('only the wanted right counts; the super user needs none', () => {
  const access = new AccessControl()
  const acl = [entry(Permission.read, 'digest', 'a:x'), entry(Permission.write, 'digest', 'b:x')]
  assert.equal(access.isAllowed(acl, Permission.write, [id('digest', 'a:x')]), false)
  assert.equal(access.isAllowed(acl, Permission.write | Permission.read, [id('digest', 'a:x')]), true)
  assert.equal(access.isAllowed(acl, Permission.admin, [id('super', '')]), true)
  assert.equal(new AccessControl({ skipAcl: true }).isAllowed(acl, Permission.admin, []), true)
  assert.throws(() => access.check(acl, Permission.admin, []), { code: 'NO_AUTH' })
})

test('an ACL is kept without duplicates, and with names instead of the scheme auth', () => {
  const access = new AccessControl()
  const held = [id('ip', '10.0.0.1'), id('digest', 'a:x'), id('digest', 'b:x')]
  assert.deepEqual(
    access.resolve([entry(3, 'auth', ''), entry(3, 'digest', 'a:x'), entry(1, 'world', 'anyone')], held),
    [entry(3, 'digest', 'a:x'), entry(3, 'digest', 'b:x'), entry(1, 'world', 'anyone')],
  )
  for (const bad of [[], null, [entry(1, 'auth', '')], [entry(1, 'ip', '1.2.3')], [entry(1, 'world', 'x')]]) {
    assert.throws(() => access.resolve(bad, [id('ip', '10.0.0.1')]), { code: 'INVALID_ACL' })
  }
})

test('the scheme sasl is there only when it is asked for', () => {
  const access = new AccessControl({ authSchemes: new Set(['sasl']) })
  const acl = [entry(31, 'sasl', 'bob')]
  assert.deepEqual(access.resolve(acl, []), acl)
  assert.deepEqual(access.resolve([entry(31, 'auth', '')], [id('sasl', 'bob')]), acl)
  assert.equal(access.isAllowed(acl, Permission.read, [id('sasl', 'bob')]), true)
  assert.equal(access.isAllowed(acl, Permission.read, [id('sasl', 'eve')]), false)
  assert.throws(() => access.resolve([entry(31, 'sasl', 'a@b@c')], []), { code: 'INVALID_ACL' })
  assert.throws(() => new AccessControl().resolve(acl, []), { code: 'INVALID_ACL' })
})
