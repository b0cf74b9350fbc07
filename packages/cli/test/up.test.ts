import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path, { join } from 'node:path'
import { test } from 'node:test'
import { createNodeEnv } from '@odradek/env-node'
import { nodeOptions } from '../src/commands/up.ts'
import type { UpOptions } from '../src/commands/up.ts'

const env = createNodeEnv({ log: { level: 'error' } })
const profilesDirectory = path.resolve('config')
const defaults: UpOptions = { profile: 'local', httpPort: '9644', logLevel: 'warn' }

function brokerConfig(options: UpOptions, lowered: string[] = []) {
  const { broker, zookeeper } = nodeOptions(env, options, profilesDirectory, { lowered, dataPaths: [] })
  return { zookeeper, broker: broker?.({ host: '0.0.0.0', port: 1234 }) }
}

test('up lays its options over the profile', () => {
  const { broker, zookeeper } = brokerConfig({ ...defaults, data: '/elsewhere', port: '0', zookeeperPort: '7' })
  assert.deepEqual(broker?.logDirs, ['/elsewhere/kafka'])
  assert.equal(broker?.zookeeperConnect, '127.0.0.1:1234')
  assert.deepEqual(
    broker?.listeners.map(({ host, port }) => [host, port]),
    [['127.0.0.1', 0]],
  )
  assert.equal(zookeeper?.clientPort, 7)
  assert.equal(zookeeper?.dataDir, '/elsewhere/zookeeper')
})

test('up keeps data where its own configuration says, unless it is told another place', () => {
  const config = mkdtempSync(join(tmpdir(), 'odradek-up-'))
  try {
    writeFileSync(join(config, 'server.properties'), 'broker.id=1\nlog.dirs=/disk-1/kafka,/disk-2/kafka\n')
    writeFileSync(join(config, 'zoo.cfg'), 'clientPort=2181\ndataDir=/disk-3/zookeeper\n')
    const own = brokerConfig({ ...defaults, config })
    assert.deepEqual(own.broker?.logDirs, ['/disk-1/kafka', '/disk-2/kafka'])
    assert.equal(own.zookeeper?.dataDir, '/disk-3/zookeeper')
    const told = brokerConfig({ ...defaults, config, data: '/elsewhere' })
    assert.deepEqual(told.broker?.logDirs, ['/elsewhere/kafka'])
    assert.equal(told.zookeeper?.dataDir, '/elsewhere/zookeeper')
    writeFileSync(join(config, 'server.properties'), 'broker.id=1\n')
    writeFileSync(join(config, 'zoo.cfg'), 'clientPort=2181\n')
    const silent = brokerConfig({ ...defaults, config })
    assert.deepEqual([silent.broker?.logDirs, silent.zookeeper?.dataDir], [['data/kafka'], 'data/zookeeper'])
  } finally {
    rmSync(config, { recursive: true })
  }
})

test('up lowers what one broker cannot do, and names it', () => {
  const lowered: string[] = []
  const { broker } = brokerConfig({ ...defaults, profile: 'production' }, lowered)
  assert.equal(broker?.defaultReplicationFactor, 1)
  assert.equal(broker?.offsetsTopicReplicationFactor, 1)
  assert.equal(broker?.minInsyncReplicas, 1)
  assert.ok(lowered.includes('offsets.topic.replication.factor'))
})

test('up says what an option takes', () => {
  assert.throws(() => brokerConfig({ ...defaults, port: '99999' }), {
    code: 'INVALID_OPTION',
    message: /0 .* to 65535/,
  })
  assert.throws(() => brokerConfig({ ...defaults, profile: 'staging' }), { message: /local or production/ })
  assert.throws(() => brokerConfig({ ...defaults, config: '/no/such/directory' }), { code: 'FILE_NOT_FOUND' })
})
