import type { KafkaBroker } from '../cluster/broker.ts'
import type { KafkaCluster } from '../cluster/kafka-cluster.ts'
import { createRetrier } from '../core/retry.ts'
import type { Retrier } from '../core/retry.ts'
import { toKafkaJSError } from '../protocol-error.ts'
import type { RetryOptions } from '../types/config.ts'
import type { Logger } from '../types/logger.ts'

/** What the calls of an admin are made of. */
export interface AdminContext {
  readonly cluster: KafkaCluster
  readonly logger: Logger
  readonly retry: RetryOptions | undefined
}

export function retrierOf({ cluster, retry }: AdminContext): Retrier {
  return createRetrier(cluster.env, retry)
}

export function typeOf(error: unknown): string | undefined {
  return (error as { type?: string }).type
}

/** Asks the controller; again with fresh metadata when that has moved, or the error is one of `alsoAgain`. */
export function askController<Result>(
  context: AdminContext,
  what: string,
  ask: (controller: KafkaBroker, attempt: { retryCount: number; retryTime: number }) => Promise<Result>,
  alsoAgain: readonly string[] = [],
): Promise<Result> {
  return retrierOf(context)(async (bail, retryCount, retryTime) => {
    try {
      await context.cluster.refreshMetadata()
      return await ask(await context.cluster.findControllerBroker(), { retryCount, retryTime })
    } catch (thrown) {
      const error = toKafkaJSError(thrown)
      if (typeOf(error) === 'NOT_CONTROLLER' || alsoAgain.includes(typeOf(error) ?? '')) {
        context.logger.warn(`Could not ${what}`, { error: error.message, retryCount, retryTime })
        throw error
      }
      return bail(error) as never
    }
  })
}
