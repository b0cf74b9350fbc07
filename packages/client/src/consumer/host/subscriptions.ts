import { ClientError } from '../../client-error.ts'
import type { Cluster } from '../../cluster/cluster.ts'
import { assignorsOf } from '../consumer-keys.ts'
import type { ConsumerConfig } from '../consumer-keys.ts'
import type { ConsumerMetrics } from '../consumer-metrics.ts'
import type { ConsumerObserver } from '../consumer-seams.ts'
import { ClassicMembership } from '../core/group/classic-membership.ts'
import { ConsumerMembership } from '../core/group/consumer-membership.ts'
import type { MemberIdentity, MembershipOptions } from '../core/group/membership.ts'
import type { GroupCoordinator } from './coordinator-requests.ts'
import { GroupMember } from './group-member.ts'
import type { GroupMemberCallbacks } from './group-member.ts'

/**
 * Topics by name; or a pattern that their whole name has to match: as a `RegExp` it is matched here, as `{ brokerPattern }` (RE2/J) by the brokers, for
 * which `group.protocol=consumer` is needed.
 */
export type SubscribeInput = string | readonly string[] | RegExp | { readonly brokerPattern: string }

const nobody: MemberIdentity = { memberId: '', generationId: -1, groupInstanceId: undefined }

/** What the consumer subscribes to, and its membership of the group. */
export class Subscriptions {
  readonly #cluster: Cluster
  readonly #config: ConsumerConfig
  readonly #membership: ClassicMembership | ConsumerMembership | undefined
  readonly #member: GroupMember | undefined
  #kind: 'none' | 'subscribed' | 'assigned' = 'none'
  #pattern: RegExp | undefined
  #isStarted = false
  #isSuspended = false

  constructor(
    cluster: Cluster,
    config: ConsumerConfig,
    coordinator: GroupCoordinator | undefined,
    callbacks: GroupMemberCallbacks,
    metrics: ConsumerMetrics,
    observer?: ConsumerObserver,
  ) {
    this.#cluster = cluster
    this.#config = config
    const assignors = assignorsOf(config)
    if (coordinator === undefined) return
    this.#membership = this.#createMembership(coordinator.groupId)
    const joinTimeoutMs = config['max.poll.interval.ms'] + config['request.timeout.ms']
    this.#member = new GroupMember(
      coordinator,
      this.#membership,
      assignors,
      joinTimeoutMs,
      callbacks,
      metrics,
      observer,
    )
  }

  #createMembership(groupId: string): ClassicMembership | ConsumerMembership {
    const { env, metadata, backoff } = this.#cluster
    const rack = this.#config['client.rack']
    const options: MembershipOptions = {
      groupId,
      groupInstanceId: this.#config['group.instance.id'],
      rackId: rack === '' ? undefined : rack,
      sessionTimeoutMs: this.#config['session.timeout.ms'],
      heartbeatIntervalMs: this.#config['heartbeat.interval.ms'],
      rebalanceTimeoutMs: this.#config['max.poll.interval.ms'],
      backoffMs: (failures) => backoff.delayMs(failures),
    }
    if (this.#config['group.protocol'] === 'classic') return new ClassicMembership(options, assignorsOf(this.#config))
    return new ConsumerMembership({
      ...options,
      memberId: env.random.bytes(16).toString('base64url'),
      serverAssignor: this.#config['group.remote.assignor'],
      topicNameOf: (topicId) => metadata.topicById(topicId)?.name,
      topicIdOf: (topic) => metadata.topic(topic)?.id,
    })
  }

  get hasAny(): boolean {
    return this.#kind !== 'none'
  }

  /** Partitions come and go by the group. */
  get isAutomatic(): boolean {
    return this.#kind === 'subscribed'
  }

  get identity(): MemberIdentity {
    return (this.isAutomatic ? this.#member?.identity : undefined) ?? nobody
  }

  get isStable(): boolean {
    return !this.isAutomatic || (this.#member?.isStable ?? false)
  }

  get rebalanceCount(): number {
    return this.#member?.rebalanceCount ?? 0
  }

  get lastError(): unknown {
    return this.#member?.lastError
  }

  subscribe(given: SubscribeInput): void {
    if (this.#kind === 'assigned') throw wrongMix()
    if (this.#membership === undefined) {
      throw new ClientError('INVALID_CONFIG', 'group.id is missing: subscribe needs a group; without one use assign')
    }
    this.#kind = 'subscribed'
    this.#pattern = given instanceof RegExp ? given : undefined
    if (typeof given === 'object' && 'brokerPattern' in given) this.#subscribeByBroker(given.brokerPattern)
    else if (given instanceof RegExp) this.#matchPattern()
    else this.#subscribeTo(typeof given === 'string' ? [given] : given)
    this.#cluster.wantAllTopics(this.#pattern !== undefined || (typeof given === 'object' && 'brokerPattern' in given))
    this.#member?.pump()
  }

  #subscribeByBroker(pattern: string): void {
    if (!(this.#membership instanceof ConsumerMembership)) {
      throw new ClientError(
        'WRONG_STATE',
        'brokers match patterns only with group.protocol=consumer; pass a RegExp instead',
      )
    }
    this.#membership.subscribe({ pattern }, this.#cluster.nowMs)
  }

  #subscribeTo(topics: readonly string[]): void {
    this.#cluster.wantTopics(topics)
    if (this.#membership instanceof ConsumerMembership) this.#membership.subscribe({ topics }, this.#cluster.nowMs)
    else this.#membership?.subscribe(topics)
  }

  #matchPattern(): void {
    const pattern = this.#pattern
    if (pattern === undefined) return
    const whole = new RegExp(`^(?:${pattern.source})$`, pattern.flags.replace(/[gy]/g, ''))
    const names = [...this.#cluster.metadata.topics].flatMap(({ name, isInternal, errorCode }) =>
      errorCode === 0 && !(isInternal && this.#config['exclude.internal.topics']) && whole.test(name) ? [name] : [],
    )
    this.#subscribeTo(names.toSorted())
  }

  assign(): void {
    if (this.#kind === 'subscribed') throw wrongMix()
    this.#kind = 'assigned'
  }

  /** Joins, as soon as brokers, and for a pattern their topics, are known. */
  start(): void {
    this.#isStarted = true
    if (this.isAutomatic) void this.#startWhenReady()
    else this.#cluster.requestUpdate()
  }

  async #startWhenReady(): Promise<void> {
    while (!this.#cluster.isClosed) {
      try {
        await this.#cluster.refresh()
        break
      } catch (error) {
        if (this.#cluster.isClosed) return
        this.#cluster.env.log.warn('cannot reach the cluster; tries again', { error })
        await this.#cluster.sleep(this.#config['retry.backoff.max.ms']).catch(() => undefined)
      }
    }
    if (this.#cluster.isClosed) return
    this.#matchPattern()
    this.#member?.start()
  }

  metadataChanged(): void {
    if (!this.#isStarted || !this.isAutomatic) return
    this.#matchPattern()
    this.#member?.metadataChanged()
    this.#member?.pump()
  }

  suspend(): void {
    if (!this.isAutomatic || this.#isSuspended) return
    this.#isSuspended = true
    this.#cluster.env.log.warn(
      'the application took longer than max.poll.interval.ms with what it was given: this member leaves the group until it is back',
    )
    this.#member?.suspend()
  }

  resume(): void {
    if (!this.#isSuspended) return
    this.#isSuspended = false
    this.#member?.resume()
  }

  async leave(): Promise<void> {
    if (this.isAutomatic) await this.#member?.leave()
  }
}

function wrongMix(): ClientError {
  return new ClientError('WRONG_STATE', 'subscribe and assign exclude each other: make another consumer')
}
