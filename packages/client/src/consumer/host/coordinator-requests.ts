import { KafkaError } from '@odradek/kafka-protocol'
import type { Message } from '@odradek/kafka-protocol'
import { isRetriable } from '../../classify-error.ts'
import { ClientError } from '../../client-error.ts'
import type { RequestValue, SendOptions } from '../../cluster/broker-link.ts'
import type { Cluster } from '../../cluster/cluster.ts'

/** The way to whoever coordinates one group. */
export class GroupCoordinator {
  readonly cluster: Cluster
  readonly groupId: string

  constructor(cluster: Cluster, groupId: string) {
    this.cluster = cluster
    this.groupId = groupId
  }

  /**
   * Sends to the coordinator, which is found when it is not known. `membership` requests have a connection of their own: a join may wait for minutes, and
   * answers come in order. Rejects with `ClientError` or `KafkaError`.
   */
  async send<Request, Response>(
    purpose: 'membership' | 'offsets',
    request: Message<Request>,
    response: Message<Response>,
    value: RequestValue<Request>,
    options: SendOptions = {},
  ): Promise<Response> {
    const brokerId = await this.cluster.coordinators.find('group', this.groupId)
    const link = this.cluster.links.get(brokerId, purpose === 'membership' ? 'coordinator' : 'main')
    if (link === undefined) throw new KafkaError('COORDINATOR_NOT_AVAILABLE')
    return link.send(request, response, value, options)
  }

  forget(): void {
    this.cluster.coordinators.forget('group', this.groupId)
  }

  /** Tries again, maybe with another coordinator, while that may help. */
  retry<Result>(timeoutMs: number, attempt: () => Promise<Result>): Promise<Result> {
    return this.cluster.retry(
      {
        timeoutMs,
        onRetry: (error) => {
          const isOld = error instanceof ClientError || (error instanceof KafkaError && isCoordinatorError(error))
          if (isOld) this.forget()
        },
        isRetriable,
      },
      attempt,
    )
  }
}

function isCoordinatorError({ code }: KafkaError): boolean {
  return code === 'NOT_COORDINATOR' || code === 'COORDINATOR_NOT_AVAILABLE'
}
