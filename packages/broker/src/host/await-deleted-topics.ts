import type { Timers } from '@odradek/base'
import { deleteTopicPath } from '../znodes/delete-topic.ts'
import { unless } from './ensure-znodes.ts'
import type { ZooKeeperSession } from './zookeeper-session.ts'

/**
 * Waits until the controller has done with topics that are marked for deletion, or the time is over: from then on others can have their names.
 * Never rejects.
 */
export async function awaitDeletedTopics(
  timers: Pick<Timers, 'after'>,
  session: ZooKeeperSession,
  topics: readonly string[],
  timeoutMs: number,
): Promise<void> {
  await Promise.all(topics.map((topic) => awaitDeletedTopic(timers, session, topic, timeoutMs)))
}

function awaitDeletedTopic(
  timers: Pick<Timers, 'after'>,
  session: ZooKeeperSession,
  topic: string,
  timeoutMs: number,
): Promise<void> {
  return new Promise((resolve) => {
    const finish = (): void => {
      timer.cancel()
      resolve()
    }
    const timer = timers.after(timeoutMs, finish)
    const look = (): void => {
      // Of a znode that is not there getData leaves no watch behind.
      session
        .run((client) => unless(client.getData(deleteTopicPath(topic), look), 'NO_NODE'))
        .then((found) => {
          if (found === undefined) finish()
        }, finish)
    }
    look()
  })
}
