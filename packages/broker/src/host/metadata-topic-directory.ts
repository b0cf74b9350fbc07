import type { DirectoryTopic, TopicDirectory } from '../core/group/consumer/topic-directory.ts'
import { noTopicId } from '../core/topic-id.ts'
import type { MetadataCache, TopicMetadata } from './metadata-cache.ts'

/** The topics of the metadata cache as the coordinator of groups sees them. */
export function metadataTopicDirectory(
  metadataCache: Pick<MetadataCache, 'topic' | 'topicById' | 'topics' | 'brokers' | 'version' | 'topicsVersion'>,
): TopicDirectory {
  return {
    get version() {
      return metadataCache.version
    },
    get namesVersion() {
      return metadataCache.topicsVersion
    },
    byName: (name) => topicOf(metadataCache.topic(name)),
    byId: (topicId) => topicOf(metadataCache.topicById(topicId)),
    *names() {
      for (const topic of metadataCache.topics.values()) if (topic.topicId !== noTopicId) yield topic.name
    },
    racksOf(name, partition) {
      const replicas = metadataCache.topic(name)?.partitions.get(partition)?.replicas ?? []
      return replicas.flatMap((id) => metadataCache.brokers.get(id)?.rack ?? []).sort()
    },
  }
}

function topicOf(topic: TopicMetadata | undefined): DirectoryTopic | undefined {
  if (topic === undefined || topic.topicId === noTopicId) return undefined
  return { name: topic.name, topicId: topic.topicId, partitionCount: topic.partitions.size }
}
