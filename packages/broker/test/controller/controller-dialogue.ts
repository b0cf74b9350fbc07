import assert from 'node:assert/strict'
import type { ControllerSettings } from '../../src/core/controller/controller-context.ts'
import { ControllerCore } from '../../src/core/controller/controller-core.ts'
import type { ControllerEvent, ControllerOutput, ZnodeChange } from '../../src/core/controller/controller-event.ts'
import type { ZnodeOperation, ZnodeResult } from '../../src/core/controller/znode-operation.ts'
import { brokerIdPath, encodeBrokerId } from '../../src/znodes/broker-id.ts'
import { configEntityPath, encodeConfigEntity } from '../../src/znodes/config-entity.ts'
import { controllerEpochPath } from '../../src/znodes/controller-epoch.ts'
import { controllerPath, encodeController } from '../../src/znodes/controller.ts'
import { deleteTopicPath } from '../../src/znodes/delete-topic.ts'
import { decodePartitionState, partitionStatePath } from '../../src/znodes/partition-state.ts'
import { persistentPaths } from '../../src/znodes/persistent-paths.ts'
import { encodeTopic, topicPath } from '../../src/znodes/topic.ts'
import type { ReplicaAssignment } from '../../src/znodes/topic.ts'
import { requestText } from './request-text.ts'
import { ZnodeTree } from './znode-tree.ts'

const NOW_MS = 1_700_000_000_000
/** The controller's own broker is 1. */
const OWN_SESSION = 1

function partitionOf(name: string): { readonly topic: string; readonly partition: number } {
  const end = name.lastIndexOf('-')
  return { topic: name.slice(0, end), partition: Number(name.slice(end + 1)) }
}

const numbers = (text: string): number[] => text.split(',').map(Number)

/**
 * A controller over a ZooKeeper in memory, and brokers that do what they are told. Each command is something that happens; what comes of it is
 * written down: what is written in ZooKeeper, what is sent to whom, what is answered. Reads are left out.
 *
 * Commands: `broker ID [RACK]` registers, `gone ID`; `mute ID` leaves its requests unanswered, `unmute ID` answers them; `elect`;
 * `topic NAME P:R,R …` creates or extends; `config NAME KEY=VALUE`; `delete NAME`; `alter BROKER TOPIC P epoch=E version=V isr=R,R`;
 * `shutdown ID`; `producer-ids ID`; `rebalance`; `elect-leaders KIND TOPIC...` of their partitions 0; `reassign T-P:R,R …` (`T-P:cancel`, `keep-factor` first), `reassignments [T-P …]` lists them; `allow-unclean` tells that unclean elections are allowed now; `set PATH DATA`; `rival ID` takes the controllership; `fence` raises the controller epoch and nothing else; `expire`; `state` shows the partitions.
 */
export class ControllerDialogue {
  readonly #tree = new ZnodeTree()
  readonly #core: ControllerCore
  readonly #events: ControllerEvent[] = []
  readonly #muted = new Map<number, ControllerEvent[]>()
  #lines: string[] = []
  #topicIds = 0
  #calls = 0
  readonly #watch = (path: string, change: ZnodeChange): void => {
    this.#events.push({ type: 'znode-changed', path, change })
  }

  constructor(settings: Partial<ControllerSettings> = {}) {
    for (const path of persistentPaths) this.#tree.ensure(path)
    this.#core = new ControllerCore({
      brokerId: 1,
      interBrokerListenerName: 'PLAINTEXT',
      isAutoLeaderRebalanceEnabled: true,
      leaderImbalanceCheckIntervalMs: 300_000,
      leaderImbalancePerBrokerPercentage: 10,
      isDeleteTopicEnabled: true,
      isUncleanLeaderElectionEnabled: () => false,
      newTopicId: () => 'made-by-the-controller',
      ...settings,
    })
  }

  run(line: string): string[] {
    this.#lines = []
    const [command = '', ...words] = line.split(' ')
    this.#command(command, words, line)
    for (let event = this.#events.shift(); event !== undefined; event = this.#events.shift()) this.#handle(event)
    return this.#lines.length === 0 ? ['nothing'] : this.#lines
  }

  #command(command: string, words: readonly string[], line: string): void {
    const [first = '', second = ''] = words
    const id = Number(first)
    switch (command) {
      case 'broker':
        return this.#register(id, words[1])
      case 'gone':
        return this.#tree.endSession(id)
      case 'mute':
        this.#muted.set(id, [])
        return
      case 'unmute':
        this.#events.push(...(this.#muted.get(id) ?? []))
        this.#muted.delete(id)
        return
      case 'elect':
        this.#events.push({ type: 'registered' })
        return
      case 'topic':
        return this.#topic(first, words.slice(1))
      case 'config': {
        const [key = '', value = ''] = second.split('=')
        return this.#tree.ensure(configEntityPath('topics', first), encodeConfigEntity(new Map([[key, value]])))
      }
      case 'delete':
        return this.#tree.ensure(deleteTopicPath(first))
      case 'alter':
        return this.#alter(words)
      case 'shutdown':
        this.#call({
          type: 'controlled-shutdown',
          version: 3,
          request: { brokerId: id, brokerEpoch: this.#epochOf(id) },
        })
        return
      case 'producer-ids':
        this.#call({
          type: 'allocate-producer-ids',
          request: { brokerId: id, brokerEpoch: this.#epochOf(id) },
        })
        return
      case 'elect-leaders':
        this.#call({
          type: 'elect-leaders',
          request: {
            kind: first === 'unclean' ? 'unclean' : 'preferred',
            partitions: words.slice(1).map((topic) => ({ topic, partition: 0 })),
          },
        })
        return
      case 'reassign':
        this.#reassign(words)
        return
      case 'reassignments':
        this.#call({ type: 'list-reassignments', request: words.length === 0 ? null : words.map(partitionOf) })
        return
      case 'allow-unclean':
        this.#events.push({ type: 'unclean-election-allowed' })
        return
      case 'rebalance':
        this.#events.push({ type: 'timer', name: 'leader-rebalance', epoch: this.#core.epoch ?? -1 })
        return
      case 'set':
        return this.#tree.ensure(first, Buffer.from(words.slice(1).join(' ')))
      case 'rival':
        return this.#rival(id)
      case 'fence':
        return this.#raiseEpoch()
      case 'expire':
        this.#tree.forgetWatches(this.#watch)
        this.#tree.endSession(OWN_SESSION)
        this.#events.splice(0, Infinity, { type: 'session-lost' })
        return
      case 'state':
        return this.#state()
      default:
        assert.fail(`unknown command: ${line}`)
    }
  }

  #register(brokerId: number, rack: string | undefined): void {
    const data = encodeBrokerId({
      brokerId,
      endpoints: [{ name: 'PLAINTEXT', securityProtocol: 'PLAINTEXT', host: `host${brokerId}`, port: 9092 }],
      rack,
      jmxPort: -1,
      timestampMs: NOW_MS,
    })
    this.#tree.run({ op: 'create', path: brokerIdPath(brokerId), data, ephemeral: true }, brokerId)
  }

  #topic(name: string, partitions: readonly string[]): void {
    const assignments = new Map(
      partitions.map((text): [number, ReplicaAssignment] => {
        const [partition = '', replicas = ''] = text.split(':')
        return [Number(partition), { replicas: numbers(replicas), adding: [], removing: [] }]
      }),
    )
    const path = topicPath(name)
    if (this.#tree.has(path)) {
      const [, data] = this.#tree.entries().find(([other]) => other === path) ?? []
      const topicId = (JSON.parse(data ?? '{}') as { topic_id: string }).topic_id
      this.#tree.run({ op: 'setData', path, data: encodeTopic({ topicId, partitions: assignments }), version: -1 }, 0)
    } else {
      const topicId = `id-${++this.#topicIds}`
      this.#tree.run({ op: 'create', path, data: encodeTopic({ topicId, partitions: assignments }) }, 0)
    }
  }

  #epochOf(brokerId: number): bigint {
    return this.#tree.run({ op: 'exists', path: brokerIdPath(brokerId) }, 0).czxid
  }

  #alter([broker = '', topic = '', partition = '', ...options]: readonly string[]): void {
    const option = (name: string): string => options.find((text) => text.startsWith(`${name}=`))?.split('=')[1] ?? ''
    const topicZnode = this.#tree.run({ op: 'getData', path: topicPath(topic) }, 0).data
    const topicId = (JSON.parse(topicZnode?.toString() ?? '{}') as { topic_id?: string }).topic_id ?? 'unknown'
    this.#call({
      type: 'alter-partition',
      version: 3,
      request: {
        brokerId: Number(broker),
        brokerEpoch: this.#epochOf(Number(broker)),
        topics: [
          {
            topicId,
            partitions: [
              {
                partitionIndex: Number(partition),
                leaderEpoch: Number(option('epoch')),
                newIsr: [],
                newIsrWithEpochs: numbers(option('isr')).map((brokerId) => ({ brokerId, brokerEpoch: -1n })),
                leaderRecoveryState: 0,
                partitionEpoch: Number(option('version')),
              },
            ],
          },
        ],
      },
    })
  }

  #reassign(words: readonly string[]): void {
    const wishes = words.filter((word) => word !== 'keep-factor')
    this.#call({
      type: 'alter-reassignments',
      request: {
        allowReplicationFactorChange: wishes.length === words.length,
        partitions: wishes.map((wish) => {
          const [name = '', replicas = ''] = wish.split(':')
          return {
            ...partitionOf(name),
            replicas: replicas === 'cancel' ? null : replicas === '' ? [] : numbers(replicas),
          }
        }),
      },
    })
  }

  #call(event: WithoutCallId<ControllerEvent>): void {
    this.#events.push({ ...event, callId: ++this.#calls } as ControllerEvent)
  }

  #rival(brokerId: number): void {
    this.#tree.run({ op: 'delete', path: controllerPath }, 0)
    this.#tree.run(
      { op: 'create', path: controllerPath, data: encodeController(brokerId, NOW_MS), ephemeral: true },
      brokerId,
    )
    this.#raiseEpoch()
  }

  #raiseEpoch(): void {
    const { data } = this.#tree.run({ op: 'getData', path: controllerEpochPath }, 0)
    const next = Buffer.from(String(Number(data) + 1))
    this.#tree.run({ op: 'setData', path: controllerEpochPath, data: next, version: -1 }, 0)
  }

  #state(): void {
    for (const [path, data, version] of this.#tree.entries()) {
      const match = /^\/brokers\/topics\/([^/]+)\/partitions\/(\d+)\/state$/.exec(path)
      if (match === null) continue
      const { leader, isr, leaderEpoch } = decodePartitionState(match[1] ?? '', 0, Buffer.from(data ?? ''))
      this.#lines.push(
        `${match[1]}-${match[2]}: leader ${leader}, in sync ${isr.join()}, epoch ${leaderEpoch}, version ${version}`,
      )
      assert.equal(path, partitionStatePath(match[1] ?? '', Number(match[2])))
    }
  }

  #handle(event: ControllerEvent): void {
    for (const output of this.#core.handle(event, NOW_MS)) this.#do(output)
  }

  #do(output: ControllerOutput): void {
    switch (output.type) {
      case 'zookeeper': {
        const results = output.operations.map((operation) => this.#ask(operation))
        this.#handle({ type: 'zookeeper-results', results })
        return
      }
      case 'send': {
        this.#lines.push(`to ${output.brokerId}: ${requestText(output)}`)
        const answer = answerTo(output)
        const muted = this.#muted.get(output.brokerId)
        if (muted === undefined) this.#events.push(answer)
        else muted.push(answer)
        return
      }
      case 'reply':
        this.#lines.push(
          `reply: ${JSON.stringify(output.response, (_, value: unknown) => (typeof value === 'bigint' ? Number(value) : value))}`,
        )
        return
      case 'log':
        this.#lines.push(`${output.level}: ${output.message}`)
        return
      case 'elected':
        this.#lines.push(`elected, epoch ${output.epoch}`)
        return
      case 'resigned':
        this.#lines.push('resigned')
        return
      case 'timer':
        this.#lines.push(`timer ${output.name} in ${output.delayMs} ms`)
        return
      case 'add-broker':
      case 'remove-broker':
        return
    }
  }

  #ask(operation: ZnodeOperation): ZnodeResult {
    const result = this.#tree.run(operation, OWN_SESSION, this.#watch)
    if (operation.op !== 'exists' && operation.op !== 'getData' && operation.op !== 'getChildren') {
      const parts = operation.op === 'multi' ? operation.operations : [operation]
      const text = parts.map((part) => {
        if (part.op === 'check') return `if ${part.path} is at ${part.version}`
        const data = part.op === 'delete' ? '' : ` ${part.data?.toString() ?? 'null'}`
        const version = part.op === 'setData' && part.version >= 0 ? ` at ${part.version}` : ''
        return `${part.op} ${part.path}${version}${data}`
      })
      this.#lines.push(`znode: ${text.join(', ')}${result.error === undefined ? '' : ` -> ${result.error}`}`)
    }
    return result
  }
}

type WithoutCallId<Event> = Event extends { callId: number } ? Omit<Event, 'callId'> : never

/** A broker that does what it is told. */
function answerTo(send: Extract<ControllerOutput, { type: 'send' }>): ControllerEvent {
  const { brokerId } = send
  switch (send.api) {
    case 'leader-and-isr':
      return {
        type: 'broker-answered',
        brokerId,
        api: send.api,
        request: send.request,
        response: { errorCode: 0, partitionErrors: [], topics: [] },
      }
    case 'update-metadata':
      return { type: 'broker-answered', brokerId, api: send.api, request: send.request, response: { errorCode: 0 } }
    case 'stop-replica':
      return {
        type: 'broker-answered',
        brokerId,
        api: send.api,
        request: send.request,
        response: { errorCode: 0, partitionErrors: [] },
      }
  }
}
