// Three brokers of Apache Kafka 3.9.1 on our ZooKeeper server: reassignment, controlled shutdown, kill -9 of the controller, election, deletion, and a
// controller whose session ends while it is stopped leave the znodes that they leave on Apache ZooKeeper. Then one broker with everything closed by
// ACLs (zookeeper.set.acl=true), over SASL.
import assert from 'node:assert/strict'
import { rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { createNodeEnv } from '@odradek/env-node'
import { ZooKeeperClient } from '@odradek/zookeeper-client'
import { startApacheKafka, startApacheZooKeeper } from '../lib/apache.ts'
import type { Daemon } from '../lib/daemon.ts'
import { temporaryFolder } from '../lib/folders.ts'
import { freePorts } from '../lib/free-ports.ts'
import type { JudgeContext } from '../lib/judge.ts'
import { compiledJudges } from '../lib/java-classes.ts'
import { classpath } from '../lib/maven.ts'
import { startOdradekZooKeeper } from '../lib/odradek.ts'
import { pollUntil } from '../lib/poll-until.ts'
import { recordedProperties } from '../lib/recorded-broker.ts'
import { mustRun } from '../lib/run-command.ts'
import { differences, normalised, readTree, recordedTree } from '../lib/znode-tree.ts'
import type { ZnodeTree } from '../lib/znode-tree.ts'
import { judgeSecured } from './secured.ts'

const settleMs = 40_000
const machineOptions = ['-Xmx512m', '-XX:+UseSerialGC']

export async function judge(context: JudgeContext): Promise<void> {
  await judgeThreeBrokers(context)
  await judgeSecured(context)
}

async function judgeThreeBrokers({ report, target }: JudgeContext): Promise<void> {
  const folder = temporaryFolder('kafka-cluster')
  const [zookeeperPort = 0, ...ports] = await freePorts(7)
  const startServer = target === 'apache' ? startApacheZooKeeper : startOdradekZooKeeper
  const portsOf = (id: number): [port: number, saslPort: number] => [ports[id - 1] ?? 0, ports[id + 2] ?? 0]
  const start = (id: number): Promise<Daemon> => {
    const [port, saslPort] = portsOf(id)
    return startApacheKafka({
      folder: path.join(folder, `kafka-${id}`),
      port,
      zookeeper: `127.0.0.1:${zookeeperPort}`,
      logDir: path.join(folder, `logs-${id}`),
      properties: recordedProperties(id, port, saslPort),
      machineOptions,
    })
  }
  const java = await compiledJudges('clients-3.9.1')
  const libraries = await classpath('kafka-3.9.1')
  const bootstrap = `127.0.0.1:${portsOf(3)[0]}`
  const step = (name: string, at = bootstrap): Promise<string> =>
    mustRun('java', ['-Xmx256m', '-cp', java, 'Stages', at, `127.0.0.1:${portsOf(1)[1]}`, name])
  const plan = path.join(folder, 'plan.json')
  writeFileSync(plan, '{"version":1,"partitions":[{"topic":"t1","partition":0,"replicas":[2,3]}]}')
  const reassign = (...args: string[]): Promise<string> => {
    const tool = 'org.apache.kafka.tools.reassign.ReassignPartitionsCommand'
    const options = ['--bootstrap-server', bootstrap, '--reassignment-json-file', plan]
    return mustRun('java', ['-Xmx256m', '-cp', libraries, tool, ...options, ...args])
  }
  const server = await startServer(path.join(folder, 'zookeeper'), zookeeperPort)
  const client = new ZooKeeperClient(createNodeEnv({ log: { level: 'error' } }), {
    connectString: `127.0.0.1:${zookeeperPort}`,
    sessionTimeoutMs: 20_000,
  })
  const brokers = new Map<number, Daemon>()
  const broker = (id: number): Daemon => brokers.get(id) as Daemon
  const treeIs = (stage: string, simplify: (tree: ZnodeTree) => ZnodeTree): Promise<boolean> =>
    pollUntil<boolean>('the tree is as recorded', settleMs, async () => {
      const [is, should] = [await readTree(client), recordedTree(stage)].map((tree) => simplify(normalised(tree)))
      const wrong = differences(is ?? {}, should ?? {})
      if (wrong.length > 0) throw new Error(`${wrong.length} nodes differ\n${wrong.slice(0, 5).join('\n')}`)
      return true
    })
  const exactly = (tree: ZnodeTree): ZnodeTree => tree
  try {
    await client.connect()
    await report.check('one broker goes through its stages', async () => {
      brokers.set(1, await start(1))
      for (const name of ['topic', 'configs', 'acls', 'transaction', 'consume', 'token', 'partitions']) {
        await step(name, `127.0.0.1:${portsOf(1)[0]}`)
      }
    })
    await report.check('08-three-brokers: two more join; the tree is as on Apache ZooKeeper', async () => {
      const [second, third] = await Promise.all([start(2), start(3)])
      brokers.set(2, second).set(3, third)
      await treeIs('08-three-brokers', exactly)
    })
    await report.check('09-topic-rf3: a topic on three brokers', async () => {
      await step('replicated')
      await treeIs('09-topic-rf3', exactly)
    })
    await report.check('10-after-reassign: a partition moves from one broker to two, throttled', async () => {
      await reassign('--throttle', '1000000', '--execute')
      await treeIs('10-after-reassign', withoutEpochs)
      assert.match(await reassign('--verify'), /is completed/)
    })
    await report.check(
      '11-after-controller-failover: one broker stops in order, the controller is killed',
      async () => {
        await broker(2).stop()
        await broker(1).crash()
        await treeIs('11-after-controller-failover', withoutEpochs)
      },
    )
    await report.check('12-after-delete-topic: both are back, leaders are elected, the topic goes', async () => {
      const [first, second] = await Promise.all([start(1), start(2)])
      brokers.set(1, first).set(2, second)
      await pollUntil('the leader is the preferred one', settleMs, async () => {
        await step('elect')
        const { data } = await client.getData('/brokers/topics/t1/partitions/0/state')
        return /"leader":2,/.test(String(data)) ? true : undefined
      })
      await step('delete')
      await treeIs('12-after-delete-topic', withoutEpochs)
    })
    await report.check('13-after-session-expiry: the controller is stopped until its session has ended', async () => {
      assert.match(String((await client.getData('/controller')).data), /"brokerid":3/)
      broker(3).kill('SIGSTOP')
      await pollUntil('another broker is the controller', settleMs, async () =>
        /"brokerid":[12],/.test(String((await client.getData('/controller')).data)) ? true : undefined,
      )
      broker(3).kill('SIGCONT')
      await treeIs('13-after-session-expiry-of-controller', (tree) => withoutController(withoutEpochs(tree)))
    })
    await report.check('after all that a transaction and a group are served', async () => {
      await step('transaction')
      assert.equal((await step('consume')).trim(), 'read 10')
    })
  } finally {
    await client.close()
    for (const daemon of brokers.values()) {
      daemon.kill('SIGCONT')
      await daemon.crash()
    }
    await server.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Without what depends on who was faster: how often leaders changed on the way, in which order replicas came into sync and brokers changed configurations. */
function withoutEpochs(tree: ZnodeTree): ZnodeTree {
  const entries = Object.entries(tree).map(([node, znode]) => {
    if (node.startsWith('/config/changes/')) {
      return [node, { ...znode, data: znode.data?.replace(/brokers\/\d/, 'brokers/…') ?? null }] as const
    }
    if (!/\/partitions\/\d+\/state$/.test(node)) return [node, znode] as const
    const state = JSON.parse(znode.data ?? '{}') as { leader: number; isr: number[] }
    const isr = state.isr.toSorted((a, b) => a - b)
    return [node, { ...znode, version: 0, data: JSON.stringify({ leader: state.leader, isr }) }] as const
  })
  return Object.fromEntries(entries)
}

/** Without the name of the winner where two brokers stood. */
function withoutController(tree: ZnodeTree): ZnodeTree {
  const controller = tree['/controller']
  return controller === undefined ? tree : { ...tree, '/controller': { ...controller, data: '…' } }
}
