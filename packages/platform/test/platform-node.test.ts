import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, before, describe, test } from 'node:test'
import { parseBrokerConfig } from '@odradek/broker'
import { createNodeEnv } from '@odradek/env-node'
import { parseZooKeeperConfig } from '@odradek/zookeeper'
import { PlatformNode } from '../src/platform-node.ts'

describe('a node with both servers', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'odradek-platform-'))
  const env = createNodeEnv({ log: { level: 'error' } })
  const options = (httpPort: number) => ({
    zookeeper: parseZooKeeperConfig(
      `dataDir=${folder}/zookeeper\nclientPortAddress=127.0.0.1\nclientPort=0\npreAllocSize=64`,
    ),
    broker: (zookeeper: { host: string; port: number } | undefined) =>
      parseBrokerConfig({
        'broker.id': '1',
        'log.dirs': `${folder}/kafka`,
        listeners: 'PLAINTEXT://127.0.0.1:0',
        'zookeeper.connect': `${zookeeper?.host}:${zookeeper?.port}`,
      }),
    http: { host: '127.0.0.1', port: httpPort },
    onFatal: (error: unknown) => {
      throw error
    },
  })
  let node: PlatformNode

  before(async () => {
    node = new PlatformNode(env, options(0))
    await node.start()
  })

  after(async () => {
    await node.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  test('shows its health and its numbers over HTTP', async () => {
    const base = `http://127.0.0.1:${node.httpAddress?.port}`
    const health = await fetch(`${base}/health`)
    assert.equal(health.status, 200)
    const { status, parts } = (await health.json()) as { status: string; parts: { name: string }[] }
    assert.equal(status, 'up')
    assert.deepEqual(
      parts.map(({ name }) => name),
      ['zookeeper', 'broker'],
    )
    const metrics = await (await fetch(`${base}/metrics`)).text()
    assert.match(metrics, /^kafka_controller_kafkacontroller_activecontrollercount 1$/m)
    assert.equal((await fetch(`${base}/`)).status, 404)
    assert.equal((await fetch(`${base}/health`, { method: 'POST' })).status, 405)
  })

  test('one that cannot start leaves nothing behind and says why', async () => {
    const second = new PlatformNode(env, options(node.httpAddress?.port ?? 0))
    await assert.rejects(second.start(), { code: 'ADDRESS_IN_USE' })
    // The broker's data directory is the first node's: the ZooKeeper server that was started for the second one must be gone again.
    const third = new PlatformNode(env, {
      ...options(0),
      zookeeper: parseZooKeeperConfig(
        `dataDir=${folder}/zookeeper3\nclientPortAddress=127.0.0.1\nclientPort=0\npreAllocSize=64`,
      ),
    })
    await assert.rejects(third.start(), /another process uses the log directory/)
    assert.equal(third.zookeeperAddress, undefined)
    assert.equal(third.httpAddress, undefined)
  })
})
