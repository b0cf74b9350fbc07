import assert from 'node:assert/strict'
import type { Random } from '@odradek/base'
import { ControllerCore } from '../../src/core/controller/controller-core.ts'
import type {
  BrokerSend,
  ControllerEvent,
  ControllerOutput,
  ZnodeChange,
} from '../../src/core/controller/controller-event.ts'
import type { ZnodeOperation, ZnodeResult } from '../../src/core/controller/znode-operation.ts'
import { brokerIdPath, encodeBrokerId } from '../../src/znodes/broker-id.ts'
import { controllerEpochPath } from '../../src/znodes/controller-epoch.ts'
import { controllerPath, decodeController } from '../../src/znodes/controller.ts'
import { deleteTopicPath } from '../../src/znodes/delete-topic.ts'
import { decodePartitionState, partitionStatePath } from '../../src/znodes/partition-state.ts'
import type { PartitionStateZnode } from '../../src/znodes/partition-state.ts'
import { persistentPaths } from '../../src/znodes/persistent-paths.ts'
import { encodeReassignPartitions, reassignPartitionsPath } from '../../src/znodes/reassign-partitions.ts'
import type { ReassignmentWish } from '../../src/znodes/reassign-partitions.ts'
import { decodeTopic, encodeTopic, topicPath, topicsPath } from '../../src/znodes/topic.ts'
import type { ReplicaAssignment } from '../../src/znodes/topic.ts'
import type { KnownPartition } from './simulated-broker.ts'
import { SimulatedBroker } from './simulated-broker.ts'
import { ZnodeTree } from './znode-tree.ts'

const NOW_MS = 1_700_000_000_000

/** A process: a broker with its controller, in one ZooKeeper session. */
interface Process {
  readonly brokerId: number
  readonly session: number
  readonly core: ControllerCore
  broker: SimulatedBroker | undefined
  /** What ZooKeeper and brokers have sent to it, in order. */
  readonly inbox: ControllerEvent[]
  /** The batch that is being asked of ZooKeeper: what is left of it, and what was answered. */
  asking: { readonly operations: ZnodeOperation[]; readonly results: ZnodeResult[] } | undefined
  readonly channels: Map<number, BrokerSend[]>
  /** Timers that the controller has set; they fire when chance wants it. */
  readonly timers: ControllerEvent[]
  /** It has asked for a controlled shutdown, and ends when that is answered. */
  isStopping: boolean
  readonly watch: (path: string, change: ZnodeChange) => void
}

/**
 * Brokers that come, crash, lose their sessions, elect controllers, and obey them, over one ZooKeeper in memory. What is done next is chosen at random,
 * one znode operation or one message at a time, so that everything overlaps with everything else.
 */
export class ControllerInterleavings {
  readonly #random: Random
  readonly #tree = new ZnodeTree()
  readonly #processes = new Map<number, Process>()
  /** Sessions whose process is dead, which ZooKeeper has not ended yet. */
  readonly #orphans = new Set<number>()
  readonly #disks = new Map<number, Map<string, KnownPartition>>()
  readonly #epochs = new Map<string, number>()
  readonly #brokerIds: readonly number[]
  /** Partitions that were to be moved: a broker that was away then may keep what it held. */
  readonly #reassigned = new Set<string>()
  #sessions = 0
  #topics = 0

  constructor(random: Random, brokerCount: number) {
    this.#random = random
    this.#brokerIds = Array.from({ length: brokerCount }, (_, index) => index + 1)
    for (const path of persistentPaths) this.#tree.ensure(path)
  }

  /** Does `count` random things. */
  run(count: number): void {
    for (let step = 0; step < count; step++) {
      if (this.#random.float() < 0.08) this.#disturb()
      else this.#advance()
    }
  }

  /** Ends what is under way, starts every broker, and lets all settle. */
  settle(): void {
    this.#expireOrphans()
    this.#drain()
    for (const process of this.#processes.values()) if (process.isStopping) this.#end(process)
    this.#drain()
    if (this.#processes.size > 0) this.#checkInSync()
    for (const brokerId of this.#brokerIds) if (!this.#processes.has(brokerId)) this.#start(brokerId)
    this.#drain()
    // All replicas come into sync, so that nothing keeps a reassignment from its end. What a znode asks for may begin behind another.
    this.#bringIntoSync()
    this.#bringIntoSync()
  }

  #bringIntoSync(): void {
    for (const topic of this.#tree.run({ op: 'getChildren', path: topicsPath }, 0).children) {
      for (const [partition, { replicas }] of this.#partitionsOf(topic)) {
        const leader = this.#processes.get(this.#stateOf(topic, partition)?.leader ?? -1)
        if (leader !== undefined) this.#alterPartition(leader, topic, partition, replicas)
        this.#drain()
      }
    }
  }

  /** What must hold when all brokers are there and nothing is under way. */
  check(): void {
    const holder = decodeController(this.#tree.run({ op: 'getData', path: controllerPath }, 0).data)
    const active = [...this.#processes.values()].filter(({ core }) => core.isActive)
    assert.deepEqual(
      active.map(({ brokerId }) => brokerId),
      [holder],
      'one controller, and it is the one in ZooKeeper',
    )
    const epoch = Number(this.#tree.run({ op: 'getData', path: controllerEpochPath }, 0).data)
    assert.equal(active[0]?.core.epoch, epoch, 'its epoch is the one in ZooKeeper')
    const partitions = new Set<string>()
    for (const topic of this.#tree.run({ op: 'getChildren', path: topicsPath }, 0).children) {
      assert.equal(this.#tree.has(deleteTopicPath(topic)), false, `${topic} is deleted when all its brokers are there`)
      for (const [partition, { replicas, adding, removing }] of this.#partitionsOf(topic)) {
        const key = `${topic}/${partition}`
        partitions.add(key)
        assert.deepEqual([adding, removing], [[], []], `the reassignment of ${key} is complete`)
        this.#checkPartition(key, replicas, this.#stateOf(topic, partition))
      }
    }
    for (const { broker, brokerId } of this.#processes.values()) {
      assert.deepEqual(
        [...(broker?.metadata.keys() ?? [])].filter((key) => !partitions.has(key)),
        [],
        `broker ${brokerId} shows no ghosts`,
      )
      assert.deepEqual(
        [...(broker?.replicas.keys() ?? [])].filter((key) => !partitions.has(key) && !this.#reassigned.has(key)),
        [],
        `broker ${brokerId} keeps no ghosts`,
      )
    }
    assert.equal(this.#tree.has(reassignPartitionsPath), false, 'what was asked for by a znode is done')
  }

  #checkPartition(key: string, replicas: readonly number[], state: PartitionStateZnode | undefined): void {
    assert.ok(state !== undefined, `${key} has begun`)
    const { leader, isr, leaderEpoch } = state
    assert.ok(replicas.includes(leader), `${key} is led`)
    assert.ok(isr.includes(leader), `the leader of ${key} is in sync`)
    assert.deepEqual(
      isr.filter((brokerId) => !replicas.includes(brokerId)),
      [],
      `who is in sync for ${key} has it`,
    )
    for (const { brokerId, broker } of this.#processes.values()) {
      const known = broker?.metadata.get(key)
      assert.deepEqual(known, { leader, leaderEpoch, isr }, `broker ${brokerId} knows who leads ${key}`)
      if (!replicas.includes(brokerId)) continue
      const held = broker?.replicas.get(key)
      assert.deepEqual(
        [held?.leader, held?.leaderEpoch],
        [leader, leaderEpoch],
        `broker ${brokerId} was told about its ${key}`,
      )
    }
  }

  /** Who is gone is not in sync, but for the last one: who else could lead? And who leads is there. */
  #checkInSync(): void {
    for (const topic of this.#tree.run({ op: 'getChildren', path: topicsPath }, 0).children) {
      if (this.#tree.has(deleteTopicPath(topic))) continue
      for (const partition of this.#partitionsOf(topic).keys()) {
        const state = this.#stateOf(topic, partition)
        if (state === undefined) continue
        const gone = state.isr.filter((brokerId) => !this.#processes.has(brokerId))
        assert.ok(gone.length === 0 || state.isr.length === 1, `${topic}/${partition}: ${gone.join()} gone and in sync`)
        assert.equal(state.leader === -1, gone.length > 0, `${topic}/${partition} is led if it can be`)
        assert.ok(
          state.leader === -1 || this.#processes.has(state.leader),
          `the leader of ${topic}/${partition} is there`,
        )
      }
    }
  }

  #partitionsOf(topic: string): ReadonlyMap<number, ReplicaAssignment> {
    const { error, data } = this.#tree.run({ op: 'getData', path: topicPath(topic) }, 0)
    return error === undefined ? decodeTopic(topic, data).partitions : new Map()
  }

  #stateOf(topic: string, partition: number): PartitionStateZnode | undefined {
    const { error, data } = this.#tree.run({ op: 'getData', path: partitionStatePath(topic, partition) }, 0)
    return error === undefined ? decodePartitionState(topic, partition, data) : undefined
  }

  // Faults and wishes

  #pick<Item>(items: readonly Item[]): Item | undefined {
    return items.length === 0 ? undefined : items[this.#random.integer(items.length)]
  }

  #disturb(): void {
    const live = this.#pick([...this.#processes.values()])
    const dead = this.#pick(this.#brokerIds.filter((brokerId) => !this.#processes.has(brokerId)))
    const kind = this.#random.integer(15)
    if (kind <= 2 && dead !== undefined) this.#start(dead)
    else if (kind === 3 && live !== undefined) this.#crash(live)
    else if (kind === 4 && live !== undefined) this.#loseSession(live)
    else if (kind === 5) this.#expireOrphans()
    else if (kind === 6) this.#createTopic()
    else if (kind === 7) this.#deleteOrExtendTopic()
    else if (kind === 8 && live !== undefined) this.#stop(live)
    else if (kind === 9 && live !== undefined) live.inbox.push(...live.timers.splice(0))
    else if (kind === 10) this.#reassignByZnode()
    else if (kind <= 12) this.#reassign()
    else if (live !== undefined) this.#changeIsr(live)
  }

  #start(brokerId: number): void {
    // Another life of it may still be registered: a broker waits for that to end.
    if (this.#tree.has(brokerIdPath(brokerId))) return
    const session = ++this.#sessions
    const inbox: ControllerEvent[] = []
    const process: Process = {
      brokerId,
      session,
      core: new ControllerCore({
        brokerId,
        interBrokerListenerName: 'PLAINTEXT',
        isAutoLeaderRebalanceEnabled: true,
        leaderImbalanceCheckIntervalMs: 1,
        leaderImbalancePerBrokerPercentage: 10,
        isDeleteTopicEnabled: true,
        isUncleanLeaderElectionEnabled: () => false,
        newTopicId: () => `made-${session}`,
      }),
      broker: undefined,
      inbox,
      asking: undefined,
      channels: new Map(),
      timers: [],
      isStopping: false,
      watch: (path, change) => inbox.push({ type: 'znode-changed', path, change }),
    }
    this.#processes.set(brokerId, process)
    this.#register(process)
  }

  #register(process: Process): void {
    const { brokerId, session, inbox } = process
    const data = encodeBrokerId({
      brokerId,
      endpoints: [{ name: 'PLAINTEXT', securityProtocol: 'PLAINTEXT', host: `host${brokerId}`, port: 9092 }],
      rack: undefined,
      jmxPort: -1,
      timestampMs: NOW_MS,
    })
    const path = brokerIdPath(brokerId)
    const { czxid } = this.#tree.run({ op: 'create', path, data, ephemeral: true }, session)
    const disk = this.#disks.get(brokerId) ?? new Map<string, KnownPartition>()
    this.#disks.set(brokerId, disk)
    process.broker = new SimulatedBroker(brokerId, czxid, disk)
    inbox.push({ type: 'registered' })
  }

  #crash({ brokerId, session, watch }: Process): void {
    this.#processes.delete(brokerId)
    this.#tree.forgetWatches(watch)
    this.#orphans.add(session)
  }

  /** Asks for a controlled shutdown; the session is closed when that is answered. */
  #stop(process: Process): void {
    const controller = this.#pick([...this.#processes.values()].filter(({ core }) => core.isActive))
    const { brokerId, broker } = process
    if (controller === undefined || broker === undefined) return
    process.isStopping = true
    const request = { brokerId, brokerEpoch: broker.epoch }
    controller.inbox.push({ type: 'controlled-shutdown', callId: brokerId, version: 3, request })
  }

  #end(process: Process): void {
    this.#processes.delete(process.brokerId)
    this.#tree.forgetWatches(process.watch)
    this.#tree.endSession(process.session)
  }

  #expireOrphans(): void {
    for (const session of this.#orphans) this.#tree.endSession(session)
    this.#orphans.clear()
  }

  /** The process lives on and begins a new session. */
  #loseSession(process: Process): void {
    this.#tree.forgetWatches(process.watch)
    this.#tree.endSession(process.session)
    const next: Process = {
      ...process,
      session: ++this.#sessions,
      inbox: [],
      asking: undefined,
      channels: new Map(),
      timers: [],
    }
    const { inbox } = next
    const renewed: Process = { ...next, watch: (path, change) => inbox.push({ type: 'znode-changed', path, change }) }
    this.#processes.set(process.brokerId, renewed)
    inbox.push({ type: 'session-lost' })
    this.#register(renewed)
  }

  #createTopic(): void {
    const name = `t${++this.#topics}`
    const count = 1 + this.#random.integer(2)
    const partitions = new Map(
      Array.from({ length: count }, (_, partition) => {
        const shuffled = [...this.#brokerIds].sort(() => this.#random.float() - 0.5)
        const replicas = shuffled.slice(0, 1 + this.#random.integer(shuffled.length))
        return [partition, { replicas, adding: [], removing: [] }]
      }),
    )
    this.#tree.run({ op: 'create', path: topicPath(name), data: encodeTopic({ topicId: `id-${name}`, partitions }) }, 0)
  }

  #deleteOrExtendTopic(): void {
    const name = this.#pick(this.#tree.run({ op: 'getChildren', path: topicsPath }, 0).children)
    if (name === undefined) return
    if (this.#random.float() < 0.5) {
      this.#tree.run({ op: 'create', path: deleteTopicPath(name), data: null }, 0)
      return
    }
    if (this.#tree.has(deleteTopicPath(name))) return
    const topic = decodeTopic(name, this.#tree.run({ op: 'getData', path: topicPath(name) }, 0).data)
    const replicas = [this.#pick(this.#brokerIds) ?? 1]
    const partitions = new Map([...topic.partitions, [topic.partitions.size, { replicas, adding: [], removing: [] }]])
    this.#tree.run(
      { op: 'setData', path: topicPath(name), data: encodeTopic({ ...topic, partitions }), version: -1 },
      0,
    )
  }

  /** A partition of a topic that stays, and brokers that are to have it. */
  #newReplicas(): ReassignmentWish | undefined {
    const topics = this.#tree.run({ op: 'getChildren', path: topicsPath }, 0).children
    const topic = this.#pick(topics.filter((name) => !this.#tree.has(deleteTopicPath(name))))
    const partition = topic === undefined ? undefined : this.#pick([...this.#partitionsOf(topic).keys()])
    if (topic === undefined || partition === undefined) return undefined
    this.#reassigned.add(`${topic}/${partition}`)
    const shuffled = [...this.#brokerIds].sort(() => this.#random.float() - 0.5)
    return { topic, partition, replicas: shuffled.slice(0, 1 + this.#random.integer(shuffled.length)) }
  }

  #reassign(): void {
    const controller = this.#pick([...this.#processes.values()].filter(({ core }) => core.isActive))
    const wanted = this.#newReplicas()
    if (controller === undefined || wanted === undefined) return
    const replicas = this.#random.float() < 0.2 ? null : wanted.replicas
    controller.inbox.push({
      type: 'alter-reassignments',
      callId: 0,
      request: { allowReplicationFactorChange: true, partitions: [{ ...wanted, replicas }] },
    })
  }

  /** As an old tool does: only when nothing else is asked for. */
  #reassignByZnode(): void {
    const wishes = [this.#newReplicas(), this.#newReplicas()].filter((wish) => wish !== undefined)
    if (wishes.length === 0 || this.#tree.has(reassignPartitionsPath)) return
    this.#tree.run({ op: 'create', path: reassignPartitionsPath, data: encodeReassignPartitions(wishes) }, 0)
  }

  /** A leader asks for another set of in-sync replicas. */
  #changeIsr(process: Process): void {
    const { brokerId, broker } = process
    const led = this.#pick([...(broker?.replicas ?? [])].filter(([, { leader }]) => leader === brokerId))
    if (led === undefined) return
    const [topic = '', partition = '0'] = led[0].split('/')
    const { replicas = [] } = this.#partitionsOf(topic).get(Number(partition)) ?? {}
    const others = replicas.filter((replica) => replica !== brokerId && this.#random.float() < 0.7)
    this.#alterPartition(process, topic, Number(partition), [brokerId, ...others])
  }

  #alterPartition({ brokerId, broker }: Process, topic: string, partition: number, isr: readonly number[]): void {
    const controller = this.#pick([...this.#processes.values()].filter(({ core }) => core.isActive))
    const known = broker?.replicas.get(`${topic}/${partition}`)
    if (controller === undefined || broker === undefined || known === undefined) return
    const { version } = this.#tree.run({ op: 'exists', path: partitionStatePath(topic, partition) }, 0)
    controller.inbox.push({
      type: 'alter-partition',
      callId: 0,
      version: 3,
      request: {
        brokerId,
        brokerEpoch: broker.epoch,
        topics: [
          {
            topicId: `id-${topic}`,
            partitions: [
              {
                partitionIndex: partition,
                leaderEpoch: known.leaderEpoch,
                newIsr: [],
                newIsrWithEpochs: isr.map((replica) => ({ brokerId: replica, brokerEpoch: -1n })),
                leaderRecoveryState: 0,
                partitionEpoch: version,
              },
            ],
          },
        ],
      },
    })
  }

  // What goes on by itself

  #drain(): void {
    for (let step = 0; this.#advance(); step++) assert.ok(step < 200_000, 'it comes to rest')
  }

  /** One znode operation, one event or one request. False when there is nothing to do. */
  #advance(): boolean {
    const choices: (() => void)[] = []
    for (const process of this.#processes.values()) {
      if (process.asking !== undefined) choices.push(() => this.#askOne(process))
      if (process.inbox.length > 0) choices.push(() => this.#take(process))
      for (const [target, queue] of process.channels) {
        if (queue.length > 0 && this.#processes.has(target)) choices.push(() => this.#deliver(process, target, queue))
      }
    }
    const choice = this.#pick(choices)
    choice?.()
    return choice !== undefined
  }

  #askOne(process: Process): void {
    const { asking } = process
    const operation = asking?.operations.shift()
    if (asking === undefined || operation === undefined) return
    asking.results.push(this.#tree.run(operation, process.session, process.watch))
    this.#checkEpochs()
    if (asking.operations.length > 0) return
    process.asking = undefined
    process.inbox.push({ type: 'zookeeper-results', results: asking.results })
  }

  /** A leader epoch never goes back. */
  #checkEpochs(): void {
    for (const [path, data] of this.#tree.entries()) {
      if (!path.endsWith('/state') || data === null) continue
      const { leaderEpoch } = decodePartitionState('t', 0, Buffer.from(data))
      assert.ok(leaderEpoch >= (this.#epochs.get(path) ?? 0), `the leader epoch of ${path} goes forward`)
      this.#epochs.set(path, leaderEpoch)
    }
  }

  #take(process: Process): void {
    const event = process.inbox.shift()
    if (event === undefined) return
    for (const output of process.core.handle(event, NOW_MS)) this.#do(process, output)
  }

  #deliver(process: Process, target: number, queue: BrokerSend[]): void {
    const send = queue.shift()
    const broker = this.#processes.get(target)?.broker
    if (send === undefined || broker === undefined) return
    process.inbox.push(broker.obey(send))
  }

  #do(process: Process, output: ControllerOutput): void {
    switch (output.type) {
      case 'zookeeper':
        process.asking = { operations: [...output.operations], results: [] }
        return
      case 'add-broker':
        process.channels.set(output.broker.brokerId, [])
        return
      case 'remove-broker':
        process.channels.delete(output.brokerId)
        return
      case 'send':
        process.channels.get(output.brokerId)?.push(output)
        return
      case 'resigned':
        process.channels.clear()
        return
      case 'reply': {
        const asker = this.#processes.get(output.callId)
        if (asker?.isStopping === true) this.#end(asker)
        return
      }
      case 'timer':
        process.timers.push({ type: 'timer', name: output.name, epoch: output.epoch })
        return
      case 'elected':
      case 'log':
        return
    }
  }
}
