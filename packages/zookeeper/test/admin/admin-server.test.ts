// The commands over HTTP, asked as a monitor asks them.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, before, describe, test } from 'node:test'
import type { Env } from '@odradek/base'
import { createNodeEnv } from '@odradek/env-node'
import { createRequest, getDataRequest, OpCode, setDataRequest } from '@odradek/zookeeper-protocol'
import { parseZooKeeperConfig, ZooKeeperServer } from '@odradek/zookeeper'
import { adminCommandNames } from '../../src/host/admin/admin-commands.ts'
import { open } from '../support/dialogue.ts'
import { RawClient } from '../support/raw-client.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'odradek-admin-'))
const env: Env = createNodeEnv({ log: { level: 'error' } })
let server: ZooKeeperServer
let client: RawClient

const config = parseZooKeeperConfig(
  [
    'tickTime=2000',
    `dataDir=${folder}/data`,
    'clientPortAddress=127.0.0.1',
    'clientPort=0',
    'preAllocSize=64',
    'admin.serverPort=0',
    'admin.serverAddress=127.0.0.1',
    'admin.rateLimiterIntervalInMS=0',
    'DigestAuthenticationProvider.superDigest=super:D/InIHSb7yEEbrWz8b9l71RjZJU=',
  ].join('\n'),
)

async function start(): Promise<void> {
  server = new ZooKeeperServer(env, config)
  await server.start()
}

async function connect(): Promise<RawClient> {
  const { host, port } = server.address
  const connected = await RawClient.open(env, host, port)
  connected.connect()
  await connected.next(({ kind }) => kind === 'connected')
  return connected
}

function fetchCommand(name: string, init: RequestInit = {}): Promise<Response> {
  return fetch(`http://127.0.0.1:${server.adminAddress?.port}/commands/${name}`, init)
}

async function ask(name: string): Promise<Record<string, unknown>> {
  return (await (await fetchCommand(name)).json()) as Record<string, unknown>
}

const root = { headers: { authorization: 'digest super:test' } }

describe('AdminServer', () => {
  before(async () => {
    await start()
    client = await connect()
  })

  after(async () => {
    client.close()
    await server.close()
    rmSync(folder, { recursive: true })
  })

  test('every command that the page lists is answered, with its name and no error', async () => {
    const page = await (await fetch(`http://127.0.0.1:${server.adminAddress?.port}/commands`)).text()
    for (const name of adminCommandNames) {
      assert.match(page, new RegExp(`<a href="/commands/${name}">${name}</a>`))
      if (name === 'restore' || name === 'snapshot') continue
      const answer = await ask(name)
      assert.equal(answer['command'], name)
      assert.equal(answer['error'], null)
    }
  })

  test('what a monitor reads has ZooKeeper’s names', async () => {
    await client.call(OpCode.create, createRequest, { path: '/e', data: null, acl: open, flags: 1 })
    await client.call(OpCode.getData, getDataRequest, { path: '/e', watch: true })
    const stats = await ask('srvr')
    assert.equal(stats['node_count'], 5)
    assert.equal((stats['server_stats'] as Record<string, unknown>)['server_state'], 'standalone')
    const monitor = await ask('monitor')
    assert.equal(monitor['znode_count'], 5)
    assert.equal(typeof monitor['avg_latency'], 'number')
    assert.equal(monitor['watch_count'], 1)
    assert.equal(monitor['cnt_updatelatency'], 2)
    assert.equal(monitor['cnt_readlatency'], 1)
    assert.match(env.metrics.render(), /^znode_count 5$/m)
    const text = await (await fetchCommand('connections')).text()
    assert.match(text, new RegExp(`"session_id": ${client.sessionId}\\b`))
    const dump = await (await fetchCommand('dump')).text()
    assert.match(dump, new RegExp(`"${client.sessionId}": \\[\\s*"/e"\\s*\\]`))
    assert.deepEqual(Object.keys((await ask('wchp'))['path_to_session_ids'] as object), ['/e'])
  })

  test('what is not there is said in the ways of the original', async () => {
    assert.equal((await ask('nonsense'))['error'], 'Unknown command: nonsense')
    assert.equal((await fetchCommand('restore')).status, 405)
    assert.equal((await fetchCommand('ruok', { method: 'POST' })).status, 405)
    assert.equal((await fetch(`http://127.0.0.1:${server.adminAddress?.port}/else`)).status, 404)
  })

  test('snapshots go out only to those who may do everything', async () => {
    assert.equal((await fetchCommand('snapshot')).status, 401)
    assert.equal((await fetchCommand('snapshot', { headers: { authorization: 'bogus a:b' } })).status, 401)
    assert.equal((await fetchCommand('restore', { method: 'POST', body: 'x' })).status, 401)
  })

  test('a snapshot brings back what was there, for good', async () => {
    const set = (text: string): Promise<unknown> =>
      client.call(OpCode.setData, setDataRequest, { path: '/n', data: Buffer.from(text), version: -1 })
    const get = async (): Promise<string> => {
      const { err, body } = await client.call(OpCode.getData, getDataRequest, { path: '/n', watch: false })
      return err === 0 ? body.subarray(4, 4 + body.readInt32BE(0)).toString() : `error ${err}`
    }
    await client.call(OpCode.create, createRequest, { path: '/n', data: Buffer.from('old'), acl: open, flags: 0 })
    const response = await fetchCommand('snapshot', root)
    assert.equal(response.status, 200)
    const snapshot = Buffer.from(await response.arrayBuffer())
    assert.equal(response.headers.get('snapshot_size'), String(snapshot.length))
    await set('new')

    const broken = await fetchCommand('restore', {
      method: 'POST',
      body: new Uint8Array(snapshot.subarray(1)),
      ...root,
    })
    assert.equal(broken.status, 400)
    assert.equal(await get(), 'new')

    const restored = await fetchCommand('restore', { method: 'POST', body: new Uint8Array(snapshot), ...root })
    assert.equal(restored.status, 200)
    await client.next(({ kind }) => kind === 'closed')
    client = await connect()
    assert.equal(await get(), 'old')
    await set('newer')
    client.close()
    await server.close()
    await start()
    client = await connect()
    assert.equal(await get(), 'newer')
  })
})
