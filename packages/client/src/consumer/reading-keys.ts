import { key } from '../config/config-key.ts'
import { defaultDeserializer, deserializerOf } from './deserialize/deserializer.ts'
import type { Deserializer } from './deserialize/deserializer.ts'

/** What consumers and share consumers have in common; names, defaults and meaning are those of Kafka 4.3's. */
export const readingKeys = {
  'fetch.min.bytes': key.int(1, 'A fetch is answered when this much is there, or after fetch.max.wait.ms.', {
    atLeast: 0,
  }),
  'fetch.max.bytes': key.int(50 * 1024 * 1024, 'The most that one fetch brings; a larger batch still comes.', {
    atLeast: 0,
  }),
  'fetch.max.wait.ms': key.int(500, 'How long a fetch may wait for fetch.min.bytes.', { atLeast: 0 }),
  'key.deserializer': key.code<Deserializer>(
    defaultDeserializer,
    'Makes a key of its bytes: bytes, string, json, int32, int64, float64, or a function.',
    deserializerOf,
  ),
  'value.deserializer': key.code<Deserializer>(
    defaultDeserializer,
    'Makes a value of its bytes: bytes, string, json, int32, int64, float64, or a function.',
    deserializerOf,
  ),
  'check.crcs': key.boolean(true, 'Check the checksum of every batch.'),
  'allow.auto.create.topics': key.boolean(true, 'Subscribing to a topic may create it, where brokers allow that.'),
  'default.api.timeout.ms': key.int(60_000, 'How long a call may take that has no timeout of its own.', { atLeast: 0 }),
}
