import type { Env } from '@odradek/base'
import { parseZooKeeperConfig, ZooKeeperServer } from '@odradek/zookeeper'
import { ZooKeeperClient } from '@odradek/zookeeper-client'
import { NodePair } from '../invariants/node-pair.ts'
import { NumberedNodes } from '../invariants/numbered-nodes.ts'
import { RegisterHistory } from '../invariants/register-history.ts'
import { Nemesis } from '../nemesis.ts'
import type { NemesisOptions, Trouble } from '../nemesis.ts'
import type { Scenario } from '../scenario.ts'
import { Service } from '../service.ts'
import { ZooKeeperWorkload } from '../workloads/zookeeper-workload.ts'
import type { World } from '../world.ts'

const clientCount = 3
const registerCount = 4
const troubleMs = 12_000
const sessionTimeoutMs = 4_000
const fastSyncMs = 1
/** So that a power failure finds something that is being synced. */
const slowSyncMs = 10
const ephemeralName = 'an ephemeral node lives as long as its session'

const anyTrouble: readonly Trouble[] = [
  'stop',
  'kill',
  'power',
  'power',
  'kill-while-writing',
  'power-while-writing',
  'partition',
  'reset',
  'pause',
  'slow-disk',
  'full-disk',
  'broken-write',
  'clock-jump',
]

/** One server and three clients. */
export const zookeeperScenario: Scenario = {
  name: 'zookeeper',
  about:
    'a ZooKeeper server with every kind of trouble, and three clients that read, write, watch and hold ephemeral nodes',
  withinMs: 600_000,
  run: (world) => play(world, fastSyncMs, { troubles: anyTrouble, calmMsMean: 2_000 }),
}

/** The same, with power failures one after the other. */
export const zookeeperPowerScenario: Scenario = {
  name: 'zookeeper-power',
  about: 'a ZooKeeper server whose power fails again and again, often in the middle of a write, and its clients',
  withinMs: 600_000,
  run: (world) =>
    play(world, slowSyncMs, {
      troubles: ['power', 'kill-while-writing', 'power-while-writing', 'power-while-writing'],
      calmMsMean: 300,
    }),
}

async function play(world: World, syncMs: number, nemesis: NemesisOptions): Promise<void> {
  const service = zookeeperService(world)
  service.machine.disk.syncMsMean = syncMs
  service.start()
  const clients = Array.from({ length: clientCount }, (_, index) => world.machine(`client-${index}`))
  const registers = new RegisterHistory(world)
  const numbered = new NumberedNodes(world)
  const pair = new NodePair(world, ['/m/first', '/m/second'])
  const allPaths = Array.from({ length: registerCount }, (_, index) => `/r/${index}`)
  await prepare(world, ['/r', '/q', '/e', '/m', ...pair.paths, ...allPaths])
  const workloads = clients.map((machine, client) => {
    const ownPaths = allPaths.filter((_, index) => index % clientCount === client)
    const options = { connectString: 'zookeeper:2181', sessionTimeoutMs, registers, numbered, pair, ownPaths, allPaths }
    return new ZooKeeperWorkload(world, machine, options)
  })
  const runs = workloads.map((workload) => world.spawn(workload.run()))
  await new Nemesis(world, [service], clients, nemesis).run(troubleMs)
  await world.sleep(5_000)
  for (const workload of workloads) workload.stop()
  await Promise.all(runs)
  await finalCheck(world, registers, numbered, pair)
}

/** The server as a service of its own machine, with a log that is rolled over often. */
export function zookeeperService(world: World): Service {
  const text =
    'dataDir=/data/zookeeper\nclientPort=2181\ntickTime=1000\nsnapCount=200\npreAllocSize=64\nautopurge.snapRetainCount=3\n'
  const config = parseZooKeeperConfig(text)
  const service = new Service(world, world.machine('zookeeper'), async (env: Env) => {
    const onFailure = (error: unknown): void => service.exit(env, error)
    const { zookeeper: faults } = world.faults
    const server = new ZooKeeperServer(env, config, { onFailure, ...(faults === undefined ? {} : { faults }) })
    await server.start()
    return { stop: () => server.close() }
  })
  return service
}

async function prepare(world: World, paths: readonly string[]): Promise<void> {
  const client = await observer(world)
  for (const path of paths) await client.create(path, null)
  await client.close()
}

async function observer(world: World): Promise<ZooKeeperClient> {
  const { env } = world.machine('observer')
  const options = { connectString: 'zookeeper:2181', sessionTimeoutMs, connectTimeoutMs: 60_000 }
  const client = new ZooKeeperClient(env, options)
  await client.connect()
  return client
}

/** When all is calm and every session has ended or expired. */
async function finalCheck(
  world: World,
  registers: RegisterHistory,
  numbered: NumberedNodes,
  pair: NodePair,
): Promise<void> {
  await world.sleep(4 * sessionTimeoutMs)
  const client = await observer(world)
  for (const path of registers.paths) {
    const floor = registers.floor(path)
    const { data, stat } = await client.getData(path)
    registers.read(path, stat.version, data ?? Buffer.alloc(0), floor)
  }
  const [first, second] = await Promise.all(pair.paths.map((path) => client.getData(path)))
  if (first !== undefined && second !== undefined) pair.rest(first.stat.version, second.stat.version)
  const before = numbered.snapshot()
  const { children } = await client.getChildren('/q')
  numbered.listed(new Set(children.map((child) => `/q/${child}`)), before)
  for (const child of children) {
    const { data } = await client.getData(`/q/${child}`)
    numbered.holds(`/q/${child}`, data ?? Buffer.alloc(0))
  }
  const { children: left } = await client.getChildren('/e')
  if (left.length > 0) world.violate(ephemeralName, `${left.join(', ')} outlived their sessions`)
  await client.close()
}
