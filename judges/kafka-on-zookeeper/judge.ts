// Apache Kafka 3.9.1's own broker on our ZooKeeper server: it starts, serves, restarts, and leaves the znodes that it leaves on
// Apache ZooKeeper.
import assert from 'node:assert/strict'
import { rmSync } from 'node:fs'
import path from 'node:path'
import { createNodeEnv } from '@odradek/env-node'
import { ZooKeeperClient } from '@odradek/zookeeper-client'
import { startApacheKafka, startApacheZooKeeper } from '../lib/apache.ts'
import type { Daemon } from '../lib/daemon.ts'
import { temporaryFolder } from '../lib/folders.ts'
import { freePorts } from '../lib/free-ports.ts'
import type { JudgeContext } from '../lib/judge.ts'
import { compiledJudges } from '../lib/java-classes.ts'
import { startOdradekZooKeeper } from '../lib/odradek.ts'
import { pollUntil } from '../lib/poll-until.ts'
import { recordedProperties } from '../lib/recorded-broker.ts'
import { mustRun } from '../lib/run-command.ts'
import { differences, normalised, readTree, recordedTree } from '../lib/znode-tree.ts'
import type { ZnodeTree } from '../lib/znode-tree.ts'

const stages: readonly (readonly [stage: string, command: string | undefined])[] = [
  ['01-first-broker-started', undefined],
  ['02-topic-created', 'topic'],
  ['03-configs-changed', 'configs'],
  ['04-acls', 'acls'],
  ['05-transactional-producer', 'transaction'],
  ['06-consumer-group', 'consume'],
  ['07-delegation-token', 'token'],
]

export async function judge({ report, target }: JudgeContext): Promise<void> {
  const folder = temporaryFolder('kafka-on-zookeeper')
  const [zookeeperPort = 0, port = 0, saslPort = 0] = await freePorts(3)
  const startServer = target === 'apache' ? startApacheZooKeeper : startOdradekZooKeeper
  const start = (): Promise<Daemon> =>
    startApacheKafka({
      folder: path.join(folder, 'kafka'),
      port,
      zookeeper: `127.0.0.1:${zookeeperPort}`,
      logDir: path.join(folder, 'logs'),
      properties: recordedProperties(1, port, saslPort),
    })
  const java = await compiledJudges('clients-3.9.1')
  const step = (name: string): Promise<string> =>
    mustRun('java', ['-Xmx256m', '-cp', java, 'Stages', `127.0.0.1:${port}`, `127.0.0.1:${saslPort}`, name])
  let zookeeper = await startServer(path.join(folder, 'zookeeper'), zookeeperPort)
  const client = new ZooKeeperClient(createNodeEnv({ log: { level: 'error' } }), {
    connectString: `127.0.0.1:${zookeeperPort}`,
    sessionTimeoutMs: 10_000,
  })
  let kafka: Daemon | undefined
  try {
    await client.connect()
    await report.check('the broker starts', async () => {
      kafka = await start()
    })
    const treeIs = (expected: ZnodeTree): Promise<boolean> =>
      pollUntil<boolean>('the tree is as recorded', 15_000, async () => {
        const wrong = differences(normalised(await readTree(client)), normalised(expected))
        if (wrong.length > 0) throw new Error(`${wrong.length} nodes differ\n${wrong.slice(0, 5).join('\n')}`)
        return true
      })
    for (const [stage, command] of stages) {
      await report.check(`${stage}: the tree is as on Apache ZooKeeper`, async () => {
        const said = command === undefined ? '' : await step(command)
        if (command === 'consume') assert.equal(said.trim(), 'read 10')
        await treeIs(recordedTree(stage))
      })
    }
    await report.check('the broker restarts and serves a transaction and a group again', async () => {
      await kafka?.stop()
      const gone = await readTree(client)
      assert.equal(gone['/brokers/ids/1'], undefined)
      assert.equal(gone['/controller'], undefined)
      kafka = await start()
      await step('transaction')
      assert.equal((await step('consume')).trim(), 'read 10')
      const { data } = await client.getData('/controller_epoch')
      assert.equal(data?.toString(), '2')
    })
    await report.check('the server is killed and started under the running broker, which goes on', async () => {
      const before = await client.getData('/brokers/ids/1')
      await zookeeper.crash()
      zookeeper = await startServer(path.join(folder, 'zookeeper'), zookeeperPort)
      await pollUntil('our client is attached again', 20_000, () => (client.state === 'connected' ? true : undefined))
      await step('transaction')
      assert.equal((await step('consume')).trim(), 'read 10')
      assert.equal((await client.getData('/brokers/ids/1')).stat.czxid, before.stat.czxid)
    })
  } finally {
    await client.close()
    await kafka?.stop()
    await zookeeper.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}
