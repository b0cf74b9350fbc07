import type { Env, LabelValues, Timer } from '@odradek/base'
import { splitList } from '../config/config-key.ts'
import type { ClientDescription } from '../core/telemetry/client-match.ts'
import { ClientMatch } from '../core/telemetry/client-match.ts'
import type { TelemetryInstructions, TelemetryPush } from '../core/telemetry/client-telemetry.ts'
import { ClientTelemetry } from '../core/telemetry/client-telemetry.ts'
import type { PushedNumber } from '../core/telemetry/otlp-metrics.ts'
import { newTopicId } from '../core/topics/new-topic-id.ts'
import type { ConnectionContext } from '../handlers/request-context.ts'
import type { EntityConfigs } from './entity-configs.ts'

const metricName = 'kafka_client_metric'
const help = 'What clients push as their own metrics (KIP-714), by the names that they give them.'
/** Numbers that are shown of one client, and of all together; more are dropped, and counted. */
const seriesPerClientMax = 1000
const seriesMax = 20_000
const expiryCheckMs = 10_000
const labelLengthMax = 200

interface Series {
  readonly labels: LabelValues
  value: number
}

/**
 * Clients' metrics (KIP-714): follows the subscriptions in the configuration, answers clients, and shows what they push among the broker's own
 * metrics until they leave or fall silent.
 */
export class ClientMetrics {
  readonly #env: Env
  readonly #telemetry: ClientTelemetry
  readonly #random
  /** By client, then by metric and attributes. */
  readonly #series = new Map<string, Map<string, Series>>()
  readonly #watched = new WeakSet<ConnectionContext>()
  #seriesCount = 0
  #timer: Timer | undefined = undefined
  readonly #dropped

  constructor(env: Env, entityConfigs: EntityConfigs, telemetryMaxBytes: number) {
    this.#env = env
    this.#random = env.random.fork('client-metrics')
    this.#telemetry = new ClientTelemetry(telemetryMaxBytes)
    this.#dropped = env.metrics.counter(
      'kafka_client_metrics_dropped_total',
      'Numbers that clients have pushed beyond what is shown.',
    )
    env.metrics.observe(
      'kafka_client_metrics_instance_count',
      'Clients that have asked which metrics to push.',
      () => this.#telemetry.instanceCount,
    )
    const follow = (name: string, config: ReadonlyMap<string, string>): void => this.#follow(name, config)
    entityConfigs.onChange((type, name) => {
      if (type === 'client-metrics') follow(name, entityConfigs.overridesOf(type, name))
    })
    for (const [name, config] of entityConfigs.all('client-metrics')) follow(name, config)
  }

  close(): void {
    this.#timer?.cancel()
    this.#timer = undefined
  }

  #follow(name: string, config: ReadonlyMap<string, string>): void {
    try {
      const subscription = {
        metrics: splitList(config.get('metrics') ?? ''),
        intervalMs: Number(config.get('interval.ms') ?? 300_000),
        match: new ClientMatch(splitList(config.get('match') ?? '')),
      }
      this.#telemetry.setSubscription(name, config.size === 0 ? undefined : subscription)
    } catch (error) {
      this.#env.log
        .child('client-metrics')
        .error('A subscription cannot be read; the one before it stays', { name, error })
    }
  }

  /** GetTelemetrySubscriptions. */
  instructions(
    clientInstanceId: string,
    clientId: string | null,
    connection: ConnectionContext,
  ): TelemetryInstructions {
    const answer = this.#telemetry.instructions(
      clientInstanceId,
      newTopicId(this.#random),
      describe(clientId, connection),
      this.#env.clock.monotonicMs(),
    )
    this.#watch(answer.clientInstanceId, connection)
    return answer
  }

  /** PushTelemetry: an error code. */
  push(push: TelemetryPush, clientId: string | null, connection: ConnectionContext): number {
    const now = this.#env.clock.monotonicMs()
    const { errorCode, client, numbers } = this.#telemetry.push(push, describe(clientId, connection), now)
    if (client !== undefined) {
      this.#watch(push.clientInstanceId, connection)
      for (const number of numbers) this.#show(client, number)
    }
    return errorCode
  }

  /** The client goes with its connection, or when it is silent for too long. */
  #watch(clientInstanceId: string, connection: ConnectionContext): void {
    if (!this.#watched.has(connection)) {
      this.#watched.add(connection)
      connection.onClose(() => {
        this.#telemetry.forget(clientInstanceId)
        this.#hide(clientInstanceId)
      })
    }
    this.#timer ??= this.#env.timers.after(expiryCheckMs, () => this.#expire())
  }

  #expire(): void {
    this.#timer = undefined
    for (const clientInstanceId of this.#telemetry.expire(this.#env.clock.monotonicMs())) this.#hide(clientInstanceId)
    if (this.#telemetry.instanceCount > 0) this.#timer = this.#env.timers.after(expiryCheckMs, () => this.#expire())
  }

  #show(client: ClientDescription, { name, attributes, value, isDelta }: PushedNumber): void {
    const id = client.client_instance_id
    const series = this.#series.get(id) ?? new Map<string, Series>()
    this.#series.set(id, series)
    const key = JSON.stringify([name, attributes])
    let entry = series.get(key)
    if (entry === undefined) {
      if (series.size >= seriesPerClientMax || this.#seriesCount >= seriesMax) {
        this.#dropped.add()
        return
      }
      const labels = labelsOf(client, name, attributes)
      entry = { labels, value: 0 }
      const shown = entry
      series.set(key, shown)
      this.#seriesCount++
      this.#env.metrics.observe(metricName, help, () => shown.value, labels)
    }
    entry.value = isDelta ? entry.value + value : value
  }

  #hide(clientInstanceId: string): void {
    const series = this.#series.get(clientInstanceId)
    if (series === undefined) return
    for (const { labels } of series.values()) this.#env.metrics.remove(metricName, labels)
    this.#seriesCount -= series.size
    this.#series.delete(clientInstanceId)
  }
}

function describe(
  clientId: string | null,
  { softwareName, softwareVersion, clientHost, connectionId }: ConnectionContext,
): Omit<ClientDescription, 'client_instance_id'> {
  return {
    client_id: clientId ?? '',
    client_software_name: softwareName,
    client_software_version: softwareVersion,
    client_source_address: clientHost.replace(/^\//, ''),
    client_source_port: /:(\d+)-\d+$/.exec(connectionId)?.[1] ?? '',
  }
}

/** Attributes whose names are not those of labels are named as Prometheus allows. */
function labelsOf(client: ClientDescription, name: string, attributes: PushedNumber['attributes']): LabelValues {
  const labels: Record<string, string> = {
    metric: cut(name),
    client_instance_id: client.client_instance_id,
    client_id: cut(client.client_id),
    client_software_name: cut(client.client_software_name),
    client_software_version: cut(client.client_software_version),
  }
  for (const [key, value] of attributes.slice(0, 10)) {
    labels[`attribute_${cut(key).replaceAll(/[^A-Za-z0-9_]/g, '_')}`] = cut(value)
  }
  return labels
}

function cut(text: string): string {
  return text.slice(0, labelLengthMax)
}
