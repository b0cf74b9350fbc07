// The client on Node as it is: its timers, and in a thread of its own.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { test } from 'node:test'
import { Worker } from 'node:worker_threads'
import { Broker, parseBrokerConfig } from '@odradek/broker'
import { createNodeEnv } from '@odradek/env-node'
import { parseZooKeeperConfig, ZooKeeperServer } from '@odradek/zookeeper'

test('no delay makes Node warn, and a long one is not over at once', async () => {
  const env = createNodeEnv({ log: { level: 'error' }, isLibrary: true })
  const warnings: string[] = []
  const onWarning = ({ name }: Error): void => void warnings.push(name)
  process.on('warning', onWarning)
  let early = 0
  // Below zero, and beyond what Node's own timers can hold.
  const past = new Promise<void>((resolve) => void env.timers.after(-5000, resolve))
  const long = [2 ** 31, 2 ** 40, Number.MAX_SAFE_INTEGER].map((delayMs) => env.timers.after(delayMs, () => early++))
  await past
  await new Promise<void>((resolve) => void env.timers.after(5, resolve))
  for (const timer of long) timer.cancel()
  await new Promise<void>((resolve) => env.timers.endOfTurn(resolve))
  process.off('warning', onWarning)
  assert.deepEqual([warnings, early], [[], 0])
})

test('producer and consumer run in a worker thread', { timeout: 60_000 }, async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'odradek-client-'))
  const env = createNodeEnv({ log: { level: 'error' } })
  const zookeeper = new ZooKeeperServer(
    env,
    parseZooKeeperConfig(`dataDir=${folder}/zookeeper\nclientPort=0\nclientPortAddress=127.0.0.1\n`),
  )
  await zookeeper.start()
  const broker = new Broker(
    env,
    parseBrokerConfig({
      'broker.id': '1',
      listeners: 'PLAINTEXT://127.0.0.1:0',
      'log.dirs': `${folder}/kafka`,
      'zookeeper.connect': `127.0.0.1:${zookeeper.address.port}`,
      'offsets.topic.num.partitions': '1',
      'offsets.topic.replication.factor': '1',
      'group.initial.rebalance.delay.ms': '0',
    }),
  )
  await broker.start()
  try {
    const bootstrap = `127.0.0.1:${broker.address?.port}`
    const worker = new Worker(new URL('./worker-thread.ts', import.meta.url), { workerData: bootstrap })
    const answer = await new Promise<unknown>((resolve, reject) => {
      worker.once('message', resolve)
      worker.once('error', reject)
    })
    assert.deepEqual(answer, ['one', 'two', 'three'])
    // Nothing that the clients have left keeps the thread.
    assert.equal(await new Promise((resolve) => worker.once('exit', resolve)), 0)
  } finally {
    await broker.shutdown()
    await zookeeper.close()
    rmSync(folder, { recursive: true, force: true })
  }
})
