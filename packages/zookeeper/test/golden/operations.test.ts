// The probes' dialogues that were held with Apache ZooKeeper 3.9.5 (judges/zookeeper holds the scripts and its answers), with a server in a
// simulation: the same requests, and the text files say what they came to.
import { test } from 'node:test'
import { OpCode } from '@odradek/zookeeper-protocol'
import type { Acl } from '@odradek/zookeeper-protocol'
import { Dialogue, open } from '../support/dialogue.ts'

const data = (text: string): Buffer => Buffer.from(text)
const none = Buffer.alloc(0)
const plain = (path: string, flags = 0): { path: string; data: Buffer; acl: readonly Acl[]; flags: number } => ({
  path,
  data: none,
  acl: open,
  flags,
})
const config = [
  'extendedTypesEnabled=true',
  'reconfigEnabled=true',
  'DigestAuthenticationProvider.superDigest=super:D/InIHSb7yEEbrWz8b9l71RjZJU=',
]

test('connecting and sessions', async () => {
  const dialogue = new Dialogue(config)
  await dialogue.server.start()
  dialogue.title('time-outs are kept within bounds; a session is closed, then the connection')
  for (const timeOut of [1, 100_000, 4000]) {
    const speaker = await dialogue.client('a', { timeOut })
    await speaker.say('closeSession', undefined)
  }
  dialogue.title('clients from before the read-only flag')
  await dialogue.client('old', { readOnly: undefined })
  dialogue.title('passwords do not matter for a new session')
  await dialogue.client('empty', { passwd: none })
  await dialogue.client('null', { passwd: null })
  dialogue.title('a session that is not known')
  await dialogue.client('stranger', { sessionId: 0x1234n })
  dialogue.title('a client that has seen more than the server')
  await dialogue.client('ahead', { lastZxidSeen: 0x7fffffffn })

  dialogue.title('a session goes on by another connection; the former is closed')
  const first = await dialogue.client('first', { timeOut: 4000 })
  await first.say('create', plain('/ephemeral', 1))
  await first.say('getData', { path: '/ephemeral', watch: true })
  const { sessionId, passwd } = first.client
  const second = await dialogue.client('second', { sessionId, passwd, timeOut: 6000 })
  dialogue.title('watches were the former connection’s')
  await second.say('setData', { path: '/ephemeral', data: data('1'), version: -1 })
  dialogue.title('a wrong password closes the connection of the session all the same')
  await dialogue.client('thief', { sessionId, passwd: Buffer.alloc(16, 1) })
  dialogue.title('when the time is up its ephemeral node goes')
  const witness = await dialogue.client('witness', { timeOut: 40_000 })
  await witness.say('exists', { path: '/ephemeral', watch: true })
  await dialogue.listen(10_000)
  await dialogue.client('late', { sessionId, passwd })
  dialogue.title('silence costs the session too, without a word')
  await dialogue.client('silent', { timeOut: 4000 })
  await dialogue.listen(7000)
  dialogue.title('a ping keeps it')
  const alive = await dialogue.client('alive', { timeOut: 4000 })
  for (let count = 0; count < 4; count++) {
    await dialogue.listen(2000)
    await alive.say('ping', undefined, -2)
  }
  dialogue.matches('sessions')
})

test('nodes', async () => {
  const dialogue = new Dialogue(config)
  await dialogue.server.start()
  const a = await dialogue.client('a')
  dialogue.title('create')
  await a.say('create', { ...plain('/p'), data: data('hi') })
  await a.say('create', { ...plain('/p'), data: data('hi') })
  await a.say('create2', plain('/p/a'))
  await a.say('create2', { ...plain('/p/n'), data: null })
  await a.say('getData', { path: '/p/n', watch: false })
  await a.say('create', plain('/p/s-', 2))
  await a.say('create', plain('/p/', 2))
  await a.say('create2', plain('/p/e-', 3))
  await a.say('create', plain('/p/e-0000000004/x'))
  await a.say('create', plain('/p/c0', 4))
  await a.say('createContainer', plain('/p/c', 4))
  await a.say('createContainer', plain('/p/c2', 0))
  await a.say('createTTL', { ...plain('/p/t', 5), ttl: 60_000n })
  await a.say('createTTL', { ...plain('/p/t0', 5), ttl: 0n })
  await a.say('createTTL', { ...plain('/p/ts', 6), ttl: 60_000n })
  await a.say('create', plain('/p/f9', 9))
  await a.say('create', { ...plain('/p/ba'), acl: [] })
  await a.say('create', { ...plain('/p/ba'), acl: null })
  await a.say('create', { ...plain('/p/ba'), acl: [{ perms: 31, id: { scheme: 'nosuch', id: 'x' } }] })
  await a.say('create', { ...plain('/p/ba'), acl: [{ perms: 31, id: { scheme: 'auth', id: '' } }] })
  await a.say('create', plain('/p/zz/yy'))
  dialogue.title('paths: the parent is looked for before the path is checked')
  const paths = [
    '',
    'rel',
    '/a//b',
    '/a/',
    '/a/./b',
    '/a/../b',
    '/\0',
    '/\u0001',
    '/\ud7ff',
    '/\uf8ff',
    '/zookeeper/xx',
    '/',
  ]
  for (const path of paths) await a.say('create', plain(path))
  dialogue.title('delete')
  await a.say('delete', { path: '/', version: -1 })
  await a.say('delete', { path: '/zookeeper', version: -1 })
  await a.say('delete', { path: '/p', version: -1 })
  await a.say('delete', { path: '/p/a', version: 7 })
  await a.say('delete', { path: '/p/q', version: -1 })
  await a.say('delete', { path: '/p/a', version: 0 })
  dialogue.title('data')
  await a.say('setData', { path: '/p', data: data('new'), version: 0 })
  await a.say('setData', { path: '/p', data: data('new'), version: 0 })
  await a.say('setData', { path: '/', data: none, version: -1 })
  await a.say('exists', { path: '/p/q', watch: false })
  await a.say('exists', { path: '/p', watch: false })
  await a.say('getACL', { path: '/p' })
  await a.say('setACL', { path: '/p', acl: open, version: -1 })
  await a.say('setACL', { path: '/p', acl: open, version: 0 })
  await a.say('getChildren', { path: '/p', watch: false })
  await a.say('getChildren2', { path: '/p', watch: false })
  await a.say('getEphemerals', { prefixPath: '/p' })
  await a.say('getAllChildrenNumber', { path: '/p' })
  await a.say('getAllChildrenNumber', { path: '/' })
  await a.say('deleteContainer', { path: '/p/c' })
  await a.say('deleteContainer', { path: '/p/n' })
  dialogue.title('sync, ping, whoAmI, reconfig')
  await a.say('sync', { path: '/p' })
  await a.say('sync', { path: '/nope' })
  await a.say('ping', undefined, -2)
  await a.say('ping', undefined, 77)
  await a.say('whoAmI', undefined)
  await a.say('reconfig', { joiningServers: null, leavingServers: null, newMembers: null, curConfigId: -1n })
  dialogue.title('the nodes of the server itself')
  await a.say('getChildren', { path: '/zookeeper', watch: false })
  await a.say('getData', { path: '/zookeeper/config', watch: false })
  await a.say('getACL', { path: '/zookeeper/config' })
  await a.say('setData', { path: '/zookeeper/config', data: none, version: -1 })
  dialogue.title('sequence numbers count every create, and never go back')
  await a.say('create', plain('/q'))
  await a.say('create', plain('/q/n-', 2))
  await a.say('delete', { path: '/q/n-0000000000', version: -1 })
  await a.say('create', plain('/q/plain'))
  await a.say('create', plain('/q/n-', 2))
  await a.say('exists', { path: '/q', watch: false })
  dialogue.matches('nodes')
})

test('multi', async () => {
  const dialogue = new Dialogue(config)
  await dialogue.server.start()
  const a = await dialogue.client('a')
  const b = await dialogue.client('b')
  await a.say('create', plain('/p'))
  await b.say('getChildren', { path: '/p', watch: true })
  dialogue.title('all in one transaction, and one event')
  await a.say('multi', [
    { type: OpCode.create, request: plain('/p/m') },
    { type: OpCode.create2, request: plain('/p/m/s', 2) },
    { type: OpCode.setData, request: { path: '/p/m', data: data('2'), version: 0 } },
    { type: OpCode.check, request: { path: '/p', version: -1 } },
    { type: OpCode.createContainer, request: plain('/p/m/cont', 4) },
    { type: OpCode.createTtl, request: { ...plain('/p/m/ttl', 5), ttl: 5000n } },
    { type: OpCode.create, request: plain('/p/x', 1) },
    { type: OpCode.delete, request: { path: '/p/m/s0000000000', version: -1 } },
  ])
  dialogue.title('the reply of one that fails is ok; its parts say what happened')
  await a.say('multi', [
    { type: OpCode.create, request: plain('/p/m9') },
    { type: OpCode.check, request: { path: '/p', version: 55 } },
    { type: OpCode.delete, request: { path: '/nope', version: -1 } },
  ])
  await a.say('exists', { path: '/p/m9', watch: false })
  await a.say('create', plain('/p/after-', 2))
  dialogue.title('empty, mixed, misplaced')
  await a.say('multi', [])
  await a.say('multi', [{ type: OpCode.getChildren, request: { path: '/p', watch: false } }])
  await a.say('multiRead', [
    { type: OpCode.getChildren, request: { path: '/p', watch: false } },
    { type: OpCode.getData, request: { path: '/p/m', watch: false } },
    { type: OpCode.getData, request: { path: '/nope', watch: false } },
  ])
  await a.say('multiRead', [{ type: OpCode.delete, request: { path: '/p', version: -1 } }])
  dialogue.title('check stands only within a multi')
  await a.say('check', { path: '/p', version: -1 })
  dialogue.matches('multi')
})

test('watches', async () => {
  const dialogue = new Dialogue(config)
  await dialogue.server.start()
  const z = await dialogue.client('z')
  const w = await dialogue.client('w')
  const change = async (path: string): Promise<void> => z.say('setData', { path, data: data('x'), version: -1 })
  await z.say('create', plain('/w'))
  dialogue.title('the event comes before the reply of the request that caused it')
  await z.say('getData', { path: '/w', watch: true })
  await change('/w')
  dialogue.title('a watch on a node that is not there yet')
  await w.say('exists', { path: '/w/k', watch: true })
  await z.say('create', plain('/w/k'))
  dialogue.title('data and child watch on one node, and a child watch above: one event each')
  await w.say('exists', { path: '/w/k', watch: true })
  await w.say('getData', { path: '/w/k', watch: true })
  await w.say('getChildren', { path: '/w/k', watch: true })
  await w.say('getChildren', { path: '/w', watch: true })
  await z.say('delete', { path: '/w/k', version: -1 })
  dialogue.title('once is once')
  await w.say('getChildren', { path: '/w', watch: true })
  await z.say('create', plain('/w/c1'))
  await z.say('create', plain('/w/c2'))
  dialogue.title('getData on a missing node arms nothing')
  await w.say('getData', { path: '/w/missing', watch: true })
  await z.say('create', plain('/w/missing'))
  dialogue.title('persistent')
  await w.say('addWatch', { path: '/w', mode: 0 })
  await change('/w')
  await z.say('create', plain('/w/c3'))
  await z.say('create', plain('/w/c3/d'))
  await z.say('delete', { path: '/w/c3/d', version: -1 })
  await z.say('delete', { path: '/w/c3', version: -1 })
  await w.say('removeWatches', { path: '/w', type: 3 })
  dialogue.title('recursive')
  await w.say('addWatch', { path: '/w', mode: 1 })
  await change('/w')
  await z.say('create', plain('/w/c3'))
  await z.say('create', plain('/w/c3/d'))
  await change('/w/c3/d')
  await z.say('delete', { path: '/w/c3/d', version: -1 })
  await z.say('delete', { path: '/w/c3', version: -1 })
  for (const type of [1, 2, 3, 4, 5, 9]) await w.say('checkWatches', { path: '/w', type })
  await w.say('removeWatches', { path: '/w', type: 5 })
  await w.say('removeWatches', { path: '/w', type: 5 })
  await w.say('addWatch', { path: '/w', mode: 7 })
  dialogue.title('recursive and a child watch of the same client')
  await w.say('addWatch', { path: '/w', mode: 1 })
  await w.say('getChildren', { path: '/w', watch: true })
  await z.say('create', plain('/w/both'))
  await w.say('removeWatches', { path: '/w', type: 3 })
  dialogue.title('setWatches tells what was missed and arms the rest')
  for (const path of ['/w/sw1', '/w/sw2']) await z.say('create', plain(path))
  const y = await dialogue.client('y')
  const relativeZxid = 24n
  await change('/w/sw1')
  await z.say('delete', { path: '/w/sw2', version: -1 })
  await z.say('create', plain('/w/sw3'))
  const watches = {
    relativeZxid,
    dataWatches: ['/w/sw1', '/w/sw2', '/w/c1'],
    existWatches: ['/w/sw3', '/w/sw2'],
    childWatches: ['/w', '/zookeeper', '/w/sw2'],
  }
  await y.say('setWatches', watches, -8)
  await change('/w/c1')
  await y.say(
    'setWatches2',
    {
      ...watches,
      dataWatches: [],
      existWatches: [],
      childWatches: [],
      persistentWatches: ['/w/sw1'],
      persistentRecursiveWatches: ['/w'],
    },
    -8,
  )
  await change('/w/sw1')
  dialogue.matches('watches')
})

test('authentication and ACLs', async () => {
  const dialogue = new Dialogue(config)
  await dialogue.server.start()
  const z = await dialogue.client('z')
  const a = await dialogue.client('a')
  const digest = 'user:2Om+GBbT2q/tS6pdvACZbbm7/1A='
  const acl = (scheme: string, id: string, perms = 31): Acl => ({ perms, id: { scheme, id } })
  const auth = (scheme: string, secret: string): { type: number; scheme: string; auth: Buffer } => ({
    type: 0,
    scheme,
    auth: data(secret),
  })
  await a.say('auth', auth('digest', 'user:pw'), -4)
  await a.say('whoAmI', undefined)
  dialogue.title('the scheme auth becomes what the caller has proved to be')
  await a.say('create', { ...plain('/sec'), acl: [acl('auth', '')] })
  await a.say('getACL', { path: '/sec' })
  dialogue.title('others may not, except delete, which is the parent’s')
  await z.say('getData', { path: '/sec', watch: false })
  await z.say('exists', { path: '/sec', watch: false })
  await z.say('getACL', { path: '/sec' })
  await z.say('getChildren', { path: '/sec', watch: false })
  await z.say('getChildren2', { path: '/sec', watch: false })
  await z.say('setData', { path: '/sec', data: none, version: -1 })
  await z.say('create', plain('/sec/x'))
  await z.say('delete', { path: '/sec', version: -1 })
  dialogue.title('who is not ADMIN does not see hashes')
  await a.say('create', { ...plain('/ro'), acl: [acl('world', 'anyone', 1), acl('digest', digest)] })
  await z.say('getACL', { path: '/ro' })
  dialogue.title('events on what the watcher may not read are not told')
  await z.say('addWatch', { path: '/', mode: 1 })
  await z.say('exists', { path: '/closed', watch: true })
  await a.say('create', { ...plain('/closed'), acl: [acl('digest', digest)] })
  await a.say('create', plain('/closed/k'))
  await a.say('delete', { path: '/closed/k', version: -1 })
  await a.say('delete', { path: '/closed', version: -1 })
  await z.say('removeWatches', { path: '/', type: 5 })
  dialogue.title('schemes')
  for (const [scheme, secret] of [
    ['nosuch', 'user:pw'],
    ['digest', 'nocolon'],
    ['digest', 'super:test'],
    ['ip', '1.2.3.4'],
    ['world', ''],
  ] as const) {
    const b = await dialogue.client('b')
    await b.say('auth', auth(scheme, secret), -4)
    if (secret === 'super:test') {
      await b.say('whoAmI', undefined)
      await b.say('setData', { path: '/ro', data: none, version: -1 })
    }
    b.client.close()
    await dialogue.listen()
  }
  await a.say('auth', auth('digest', 'a:b'), 12)
  await a.say('sasl', none, 13)
  dialogue.title('ids')
  const ids = ['127.0.0.1', '127.0.0.0/8', '::1', 'bogus', '10.0.0.0/33']
  for (const [index, id] of ids.entries()) await z.say('create', { ...plain(`/ip${index}`), acl: [acl('ip', id)] })
  for (const [index, id] of ['a:b', 'ab', 'a:b:c'].entries()) {
    await z.say('create', { ...plain(`/dg${index}`), acl: [acl('digest', id)] })
  }
  await z.say('create', { ...plain('/sa'), acl: [acl('sasl', 'bob')] })
  await z.say('create', { ...plain('/p0'), acl: [acl('world', 'anyone', 0)] })
  await z.say('create', { ...plain('/wf'), acl: [acl('world', 'foo')] })
  dialogue.matches('auth')
})

test('what is no request', async () => {
  const dialogue = new Dialogue([...config, 'jute.maxbuffer=2000'])
  await dialogue.server.start()
  const a = await dialogue.client('a')
  await a.say('create', plain('/p'))
  for (const size of [1900, 2000]) {
    dialogue.title(`a packet with ${size} bytes of data, where 2000 in all are allowed`)
    const c = await dialogue.client('c')
    c.enqueue('setData', { path: '/p', data: Buffer.alloc(size), version: -1 })
    await dialogue.listen()
  }
  for (const [what, bytes] of [
    ['a negative length', 'fffffffb'],
    ['no length', '00000000'],
    ['too short for a header', '000000020000'],
    ['a request without its body', '000000080000000100000004'],
    ['a create cut short', '0000000c000000010000000100000004'],
    ['an operation that there is not', '000000080000000100000037'],
    ['a session made by hand', '0000000c00000001fffffff600000fa0'],
    ['trailing bytes', '0000001100000001000000040000000000ffffffff'],
  ] as const) {
    dialogue.title(what)
    const c = await dialogue.client('c')
    c.client.write(Buffer.from(bytes, 'hex'))
    await dialogue.listen()
  }
  for (const text of ['GET / HTTP/1.1\r\nHost: x\r\n\r\n', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03']) {
    dialogue.title(JSON.stringify(text))
    const c = await dialogue.socket('c')
    c.client.write(Buffer.from(text, 'latin1'))
    await dialogue.listen()
  }
  dialogue.title('nothing at all')
  await dialogue.socket('c')
  await dialogue.listen(15_000)
  dialogue.title('the others did not notice')
  await (await dialogue.client('d')).say('exists', { path: '/p', watch: false })
  dialogue.matches('malformed')
})

test('requests of one session are answered in their order', async () => {
  const dialogue = new Dialogue(config)
  await dialogue.server.start()
  const a = await dialogue.client('a')
  await a.say('create', plain('/p'))
  for (let count = 1; count <= 8; count += 2) {
    a.enqueue('setData', { path: '/p', data: data(String(count)), version: -1 })
    a.enqueue('getData', { path: '/p', watch: false })
  }
  a.enqueue('closeSession', undefined)
  a.enqueue('getData', { path: '/p', watch: false })
  await dialogue.listen()
  dialogue.matches('order')
})

test('quotas are counted', async () => {
  const dialogue = new Dialogue(config)
  await dialogue.server.start()
  const a = await dialogue.client('a')
  for (const path of ['/q', '/q/a', '/zookeeper/quota/q']) await a.say('create', plain(path))
  await a.say('create', { ...plain('/zookeeper/quota/q/zookeeper_limits'), data: data('count=1,bytes=-1') })
  await a.say('create', { ...plain('/zookeeper/quota/q/zookeeper_stats'), data: data('count=0,bytes=0') })
  await a.say('setData', { path: '/q/a', data: data('12345'), version: -1 })
  await a.say('create', { ...plain('/q/b'), data: data('xyz') })
  await a.say('getData', { path: '/zookeeper/quota/q/zookeeper_stats', watch: false })
  await a.say('delete', { path: '/q/a', version: -1 })
  await a.say('getData', { path: '/zookeeper/quota/q/zookeeper_stats', watch: false })
  dialogue.matches('quota')
})

test('quotas are enforced: hard limits refuse, soft ones do not', async () => {
  const dialogue = new Dialogue([...config, 'enforceQuota=true'])
  await dialogue.server.start()
  const a = await dialogue.client('a')
  for (const path of ['/q', '/q/a', '/zookeeper/quota/q']) await a.say('create', plain(path))
  const limits = data('count=1,bytes=-1=;byteHardLimit=6;countHardLimit=3')
  await a.say('create', { ...plain('/zookeeper/quota/q/zookeeper_limits'), data: limits })
  await a.say('create', { ...plain('/zookeeper/quota/q/zookeeper_stats'), data: data('') })
  await a.say('getData', { path: '/zookeeper/quota/q/zookeeper_stats', watch: false })
  dialogue.title('nodes')
  await a.say('create', { ...plain('/q/b'), data: data('1234') })
  await a.say('create', plain('/q/c'))
  await a.say('multi', [
    { type: OpCode.delete, request: { path: '/q/a', version: -1 } },
    { type: OpCode.create, request: plain('/q/c') },
  ])
  await a.say('delete', { path: '/q/a', version: -1 })
  await a.say('create', plain('/q/c'))
  dialogue.title('bytes')
  await a.say('setData', { path: '/q/b', data: data('12345678'), version: -1 })
  await a.say('setData', { path: '/q/b', data: data('12345'), version: -1 })
  await a.say('setData', { path: '/q/c', data: data('12'), version: -1 })
  await a.say('setData', { path: '/q/b', data: data('1'), version: -1 })
  await a.say('setData', { path: '/q/c', data: data('12'), version: -1 })
  await a.say('getData', { path: '/zookeeper/quota/q/zookeeper_stats', watch: false })
  dialogue.title('a soft limit')
  const soft = data('count=1,bytes=1')
  await a.say('setData', { path: '/zookeeper/quota/q/zookeeper_limits', data: soft, version: -1 })
  await a.say('create', { ...plain('/q/d'), data: data('12345678') })
  dialogue.matches('quota-enforced')
})

test('containers and nodes with a time to live are cleaned up', async () => {
  const dialogue = new Dialogue(config)
  await dialogue.server.start()
  const a = await dialogue.client('a', { timeOut: 40_000 })
  await a.say('createContainer', plain('/never-used', 4))
  await a.say('createContainer', plain('/used', 4))
  await a.say('create', plain('/used/child'))
  await a.say('createTTL', { ...plain('/short', 5), ttl: 1000n })
  await a.say('createTTL', { ...plain('/long', 5), ttl: 10_000_000n })
  await a.say('addWatch', { path: '/', mode: 1 })
  await a.say('delete', { path: '/used/child', version: -1 })
  for (let count = 0; count < 4; count++) {
    await dialogue.listen(20_000)
    await a.say('ping', undefined, -2)
  }
  await a.say('getChildren', { path: '/', watch: false })
  dialogue.matches('cleaners')
})

test('four-letter words', async () => {
  const dialogue = new Dialogue()
  await dialogue.server.start()
  const a = await dialogue.client('a')
  await a.say('create', plain('/e', 1))
  await a.say('getData', { path: '/e', watch: true })
  for (const word of ['ruok', 'srvr', 'stat', 'isro', 'conf', 'wchs', 'wchp', 'dirs', 'mntr', 'envi', 'xxxx']) {
    dialogue.title(word)
    const c = await dialogue.socket('c')
    c.client.command(word)
    await dialogue.listen()
  }
  dialogue.matches('four-letter-words')
})
