// Our ZooKeeper client on Apache ZooKeeper 3.8.4: the session is kept over a restart of the server, watches are armed again,
// an end of the session is told, or another session follows it, requests are answered in order.
import assert from 'node:assert/strict'
import { rmSync } from 'node:fs'
import path from 'node:path'
import { createNodeEnv } from '@odradek/env-node'
import { registerService, ZooKeeperClient } from '@odradek/zookeeper-client'
import type { ClientState, WatchEvent } from '@odradek/zookeeper-client'
import { startApacheZooKeeper } from '../lib/apache.ts'
import type { Daemon } from '../lib/daemon.ts'
import { temporaryFolder } from '../lib/folders.ts'
import { freePorts } from '../lib/free-ports.ts'
import type { JudgeContext } from '../lib/judge.ts'
import { pollUntil } from '../lib/poll-until.ts'
import { Relay } from './relay.ts'

const env = createNodeEnv({ log: { level: 'error' } })

async function connected(port: number, chroot = ''): Promise<ZooKeeperClient> {
  const client = new ZooKeeperClient(env, { connectString: `127.0.0.1:${port}${chroot}`, sessionTimeoutMs: 4000 })
  await client.connect()
  return client
}

export async function judge({ report }: JudgeContext): Promise<void> {
  const folder = temporaryFolder('zookeeper-client')
  const [port = 0] = await freePorts(1)
  let server: Daemon = await startApacheZooKeeper(path.join(folder, 'zookeeper'), port)
  const client = await connected(port)
  try {
    await report.check('create, read, write, delete; data null is not empty', async () => {
      assert.equal((await client.create('/a', null)).path, '/a')
      assert.equal((await client.getData('/a')).data, null)
      assert.equal((await client.setData('/a', Buffer.from('x'), 0)).version, 1)
      await assert.rejects(client.setData('/a', null, 0), { code: 'BAD_VERSION' })
      await assert.rejects(client.create('/a', null), { code: 'NODE_EXISTS' })
      await assert.rejects(client.create('/no/parent', null), { code: 'NO_NODE' })
      const { path: numbered } = await client.create('/a/n-', null, { mode: 'persistentSequential' })
      assert.equal(numbered, '/a/n-0000000000')
      assert.deepEqual((await client.getChildren('/a')).children, ['n-0000000000'])
      await assert.rejects(client.delete('/a'), { code: 'NOT_EMPTY' })
      await client.delete(numbered)
      await client.delete('/a')
      assert.equal(await client.exists('/a'), undefined)
    })
    await report.check('multi: all, or none with the reason', async () => {
      const done = await client.multi([
        { op: 'create', path: '/m', data: Buffer.from('1') },
        { op: 'setData', path: '/m', data: Buffer.from('2'), version: 0 },
        { op: 'check', path: '/m', version: 1 },
        { op: 'create', path: '/m/e', data: null, mode: 'ephemeral' },
        { op: 'delete', path: '/m/e' },
      ])
      assert.ok(done.committed)
      assert.deepEqual(
        done.results.map(({ op }) => op),
        ['create', 'setData', 'check', 'create', 'delete'],
      )
      const refused = await client.multi([
        { op: 'setData', path: '/m', data: null },
        { op: 'check', path: '/m', version: 7 },
        { op: 'delete', path: '/m' },
      ])
      assert.deepEqual(refused, {
        committed: false,
        failedIndex: 1,
        failedWith: 'BAD_VERSION',
        codes: ['OK', 'BAD_VERSION', 'RUNTIME_INCONSISTENCY'],
      })
    })
    await report.check('2,000 requests in flight are answered in order', async () => {
      await client.create('/p', null)
      const order: number[] = []
      await Promise.all(
        Array.from({ length: 1000 }, async (_, index) => {
          const write = client.setData('/p', Buffer.from(String(index)))
          const read = client.getData('/p')
          assert.equal((await write).version, index + 1)
          assert.equal((await read).data?.toString(), String(index))
          order.push(index)
        }),
      )
      assert.deepEqual(
        order,
        [...order].sort((a, b) => a - b),
      )
    })
    await report.check('a watch is called once, before the reply that shows the change', async () => {
      const told: string[] = []
      await client.getData('/p', (event) => told.push(`${event.type} ${event.path}`))
      await client.exists('/later', (event) => told.push(`${event.type} ${event.path}`))
      await client.getChildren('/', (event) => told.push(`${event.type} ${event.path}`))
      await client.setData('/p', null).then(() => told.push('reply'))
      await client.setData('/p', null).then(() => told.push('reply'))
      await client.create('/later', null).then(() => told.push('reply'))
      assert.deepEqual(told, ['dataChanged /p', 'reply', 'reply', 'created /later', 'childrenChanged /', 'reply'])
    })
    await report.check('chroot, ACLs and authentication', async () => {
      const inner = await connected(port, '/m')
      try {
        await inner.addAuth('digest', Buffer.from('kafka:secret'))
        const events: WatchEvent[] = []
        await inner.exists('/x', (event) => events.push(event))
        const acl = [{ perms: 31, id: { scheme: 'auth', id: '' } }]
        assert.equal((await inner.create('/x', null, { acl })).path, '/x')
        assert.deepEqual(events, [{ type: 'created', path: '/x' }])
        await assert.rejects(client.getData('/m/x'), { code: 'NO_AUTH' })
        assert.equal((await inner.getAcl('/x')).acl[0]?.id.scheme, 'digest')
      } finally {
        await inner.close()
      }
    })
    await report.check('a restart of the server: same session, ephemerals kept, watches armed again', async () => {
      const states: ClientState[] = []
      client.onState((state) => states.push(state))
      const { sessionId } = client
      await client.create('/e', null, { mode: 'ephemeral' })
      const told: string[] = []
      await client.getData('/p', (event) => told.push(`${event.type} ${event.path}`))
      await client.exists('/much-later', (event) => told.push(`${event.type} ${event.path}`))
      await server.crash()
      await pollUntil('disconnected', 10_000, () => (client.state === 'disconnected' ? true : undefined))
      server = await startApacheZooKeeper(path.join(folder, 'zookeeper'), port)
      await pollUntil('connected', 20_000, () => (client.state === 'connected' ? true : undefined))
      assert.equal(client.sessionId, sessionId)
      assert.deepEqual(states, ['disconnected', 'connected'])
      assert.equal((await client.exists('/e'))?.ephemeralOwner, sessionId)
      assert.deepEqual(told, [])
      await client.setData('/p', null)
      await client.create('/much-later', null)
      assert.deepEqual(told, ['dataChanged /p', 'created /much-later'])
    })
    await report.check('close ends the session: its ephemerals are gone at once', async () => {
      const other = await connected(port)
      await client.close()
      assert.equal(await other.exists('/e'), undefined)
      await assert.rejects(client.exists('/'), { code: 'SESSION_EXPIRED' })
      await other.close()
    })
    await report.check(
      'a session that expired is renewed: a new one, identities, watches and a service set again',
      async () => {
        const witness = await connected(port)
        const relay = await Relay.open(port)
        const renewed = new ZooKeeperClient(env, {
          connectString: `127.0.0.1:${relay.port}`,
          sessionTimeoutMs: 4000,
          renewSession: true,
        })
        try {
          await renewed.connect()
          const states: ClientState[] = []
          renewed.onState((state) => states.push(state))
          const { sessionId } = renewed
          await renewed.addAuth('digest', Buffer.from('kafka:secret'))
          await renewed.create('/renewed', null, { mode: 'ephemeral' })
          const told: string[] = []
          await renewed.exists('/renewed', (event) => told.push(`${event.type} ${event.path}`))
          await renewed.addWatch('/p', (event) => told.push(`${event.type} ${event.path}`))
          const service = { name: 'web', id: 'a', address: '10.0.0.1', port: 80 }
          const registration = await registerService(renewed, '/services', service)
          relay.cut()
          // Apache's server decides when the session is over.
          await pollUntil(
            'the session has expired',
            30_000,
            async () => (await witness.exists('/renewed')) === undefined || undefined,
          )
          assert.equal(await witness.exists(registration.path), undefined)
          relay.heal()
          await pollUntil('connected again', 20_000, () => states.at(-1) === 'connected' || undefined)
          assert.deepEqual(states, ['disconnected', 'expired', 'connected'])
          assert.notEqual(renewed.sessionId, sessionId)
          await pollUntil('the service is there again', 20_000, async () => {
            const stat = await witness.exists(registration.path)
            return stat?.ephemeralOwner === renewed.sessionId || undefined
          })
          assert.ok((await renewed.whoAmI()).some(({ authScheme }) => authScheme === 'digest'))
          await witness.setData('/p', null)
          await renewed.sync()
          assert.deepEqual(told, ['deleted /renewed', 'dataChanged /p'])
          await registration.release()
          assert.equal(await witness.exists(registration.path), undefined)
        } finally {
          await renewed.close()
          await witness.close()
          relay.close()
        }
      },
    )
    await report.check('a server that no longer knows the session: expired, and every call says so', async () => {
      const doomed = await connected(port)
      const told: ClientState[] = []
      doomed.onState((state) => told.push(state))
      await server.crash()
      rmSync(path.join(folder, 'zookeeper', 'data'), { recursive: true })
      server = await startApacheZooKeeper(path.join(folder, 'zookeeper'), port)
      await pollUntil('expired', 20_000, () => (doomed.state === 'expired' ? true : undefined))
      assert.deepEqual(told, ['disconnected', 'expired'])
      await assert.rejects(doomed.exists('/'), { code: 'SESSION_EXPIRED' })
      await doomed.close()
    })
  } finally {
    await client.close()
    await server.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}
