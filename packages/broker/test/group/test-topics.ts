import type { DirectoryTopic, TopicDirectory } from '../../src/core/group/consumer/topic-directory.ts'

/** A topic's id that tells the topic: its name, filled up to the 22 characters of an id. */
export function idOfTopic(name: string): string {
  return name.padEnd(21, '-').slice(0, 21) + 'A'
}

/** Topics that a test makes, lets grow and deletes. */
export class TestTopics implements TopicDirectory {
  readonly #topics = new Map<string, DirectoryTopic>()
  version = 0
  namesVersion = 0

  set(name: string, partitionCount: number): void {
    if (!this.#topics.has(name)) this.namesVersion++
    this.version++
    this.#topics.set(name, { name, topicId: idOfTopic(name), partitionCount })
  }

  delete(name: string): void {
    this.#topics.delete(name)
    this.version++
  }

  byName(name: string): DirectoryTopic | undefined {
    return this.#topics.get(name)
  }

  byId(topicId: string): DirectoryTopic | undefined {
    return [...this.#topics.values()].find((topic) => topic.topicId === topicId)
  }

  names(): Iterable<string> {
    return this.#topics.keys()
  }

  racksOf(): readonly string[] {
    return []
  }
}
