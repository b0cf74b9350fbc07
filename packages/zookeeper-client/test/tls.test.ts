// The client with the real server over TLS.
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import type { TlsConnectOptions } from '@odradek/base'
import { createNodeEnv } from '@odradek/env-node'
import { parseZooKeeperConfig, ZooKeeperServer } from '@odradek/zookeeper'
import { creatorAcl, ZooKeeperClient } from '../src/index.ts'

const certificates = fileURLToPath(new URL('../../zookeeper/test/tls/', import.meta.url))
const read = (name: string): Buffer => readFileSync(`${certificates}${name}`)

test('TLS: the client shows its certificate, and believes only a server that it can trust', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'odradek-client-tls-'))
  const env = createNodeEnv({ log: { level: 'error' } })
  const lines = [
    `dataDir=${folder}`,
    'clientPort=0',
    'clientPortAddress=127.0.0.1',
    'preAllocSize=64',
    'secureClientPort=0',
    'secureClientPortAddress=127.0.0.1',
    `ssl.keyStore.location=${certificates}server.pem`,
    `ssl.trustStore.location=${certificates}ca.pem`,
  ]
  const server = new ZooKeeperServer(env, parseZooKeeperConfig(lines.join('\n')))
  await server.start()
  const connectString = `localhost:${server.secureAddress?.port}`
  const client = (tls: TlsConnectOptions): ZooKeeperClient =>
    new ZooKeeperClient(env, { connectString, sessionTimeoutMs: 6000, connectTimeoutMs: 500, tls })
  const identity = { kind: 'pem', key: read('client.pem'), certificates: read('client.pem') } as const
  try {
    const trusting = client({ identity, trusted: read('ca.pem') })
    await trusting.connect()
    await trusting.create('/mine', Buffer.alloc(200_000, 1), { acl: creatorAcl })
    const { acl } = await trusting.getAcl('/mine')
    assert.deepEqual(acl, [{ perms: 31, id: { scheme: 'x509', id: 'CN=client,O=Odradek\\, tests,C=CZ' } }])
    assert.equal((await trusting.getData('/mine')).data?.length, 200_000)
    await trusting.close()
    await assert.rejects(client({ identity }).connect(), { code: 'CONNECTION_LOSS' })
    await assert.rejects(client({ trusted: read('ca.pem') }).connect(), { code: 'CONNECTION_LOSS' })
  } finally {
    await server.close()
    rmSync(folder, { recursive: true })
  }
})
