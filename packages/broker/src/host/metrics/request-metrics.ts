import type { Counter, Env, Histogram } from '@odradek/base'
import { metricName } from './metric-name.ts'

const nameOf = (name: string): string => metricName('kafka.network', 'RequestMetrics', name)

/** Where the time of a request goes, by Kafka's names, and what each of them is here. */
const times = {
  requestQueue: ['RequestQueueTimeMs', 'From the arrival of a request until it is begun.'],
  local: ['LocalTimeMs', 'While the broker works on a request.'],
  remote: ['RemoteTimeMs', 'While a request waits: for records, replicas, other members of a group, ZooKeeper.'],
  throttle: ['ThrottleTimeMs', 'For how long a client is not heard after a request because it is over a quota.'],
  responseSend: ['ResponseSendTimeMs', 'From when an answer is ready until it is given to the network.'],
  total: ['TotalTimeMs', 'From the arrival of a request until its answer is given to the network.'],
} as const

/** Metrics of the requests of one API. */
export class ApiRequestMetrics {
  readonly times: Readonly<Record<keyof typeof times, Histogram>>
  readonly requestBytes: Histogram
  readonly responseBytes: Histogram
  readonly #env: Env
  readonly #request: string
  readonly #byVersion: Counter[] = []
  readonly #errors = new Map<string, Counter>()

  /** `request` is Kafka's name: of the API, or FetchConsumer or FetchFollower. */
  constructor(env: Env, request: string) {
    const { metrics } = env
    const labels = { request }
    this.#env = env
    this.#request = request
    this.times = Object.fromEntries(
      Object.entries(times).map(([field, [name, help]]) => [field, metrics.histogram(nameOf(name), help, labels)]),
    ) as Record<keyof typeof times, Histogram>
    this.requestBytes = metrics.histogram(nameOf('RequestBytes'), 'Bytes of requests.', labels)
    this.responseBytes = metrics.histogram(nameOf('ResponseBytes'), 'Bytes of answers.', labels)
  }

  received(version: number): void {
    let counter = this.#byVersion[version]
    if (counter === undefined) {
      counter = this.#env.metrics.counter(nameOf('RequestsPerSec'), 'Requests that were received.', {
        request: this.#request,
        version: String(version),
      })
      this.#byVersion[version] = counter
    }
    counter.add()
  }

  /** A request was answered: NONE, or with an error as a whole. */
  answered(error: string): void {
    let counter = this.#errors.get(error)
    if (counter === undefined) {
      counter = this.#env.metrics.counter(
        nameOf('ErrorsPerSec'),
        'Requests that were answered, by the error of the whole answer.',
        { request: this.#request, error },
      )
      this.#errors.set(error, counter)
    }
    counter.add()
  }
}
