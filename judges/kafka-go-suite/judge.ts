// kafka-go's own tests (segmentio/kafka-go), unmodified, from Go's module proxy, against one broker at the address that they know.
import path from 'node:path'
import { cacheFolder, root } from '../lib/folders.ts'
import { compileGoTests, goModule, judgeGoSuite } from '../lib/go-tests.ts'
import type { JudgeContext } from '../lib/judge.ts'
import { startTarget } from '../lib/target.ts'

const here = path.join(root, 'judges', 'kafka-go-suite')
const module = 'github.com/segmentio/kafka-go'

/** Tests that are not run, and why. */
const excluded: Readonly<Record<string, readonly string[]>> = {
  'needs a listener with SASL': [
    'TestUnsupportedSASLMechanism',
    'TestWriter/writing_a_message_with_SASL_Plain_authentication',
  ],
  'needs an authorizer': ['TestClientCreateACLs', 'TestClientDeleteACLs', 'TestClientDescribeACLs'],
  transactions: ['TestClientFindCoordinator'],
  compaction: ['TestReaderReadCompactedMessage'],
  'fails on Apache Kafka 3.9.1 too, each time in another part': ['TestReaderConsumerGroup'],
}

/** Tests that skip themselves wherever they run, or where they are told to, as in kafka-go's own checks. */
const skipThemselves = [
  'TestClientAddOffsetsToTxn',
  'TestClientAddPartitionsToTxn',
  'TestClientInitProducerId',
  'TestClientTxnOffsetCommit',
  'TestConn/nettest',
  'TestConsumerGroupWithMissingTopic',
  'TestReadTruncatedMessages',
]

export async function judge({ report, target: kind }: JudgeContext): Promise<void> {
  const folder = await goModule(module, here)
  const program = path.join(cacheFolder('kafka-go-suite'), 'kafka-go.test')
  await compileGoTests(here, program, module)
  const target = await startTarget(kind, {
    listeners: 'PLAINTEXT://127.0.0.1:9092',
    'advertised.listeners': 'PLAINTEXT://localhost:9092',
    'message.max.bytes': '200000000',
  })
  try {
    await judgeGoSuite(report, {
      program,
      folder,
      skip: Object.values(excluded).flat(),
      env: { KAFKA_VERSION: '3.9.1', KAFKA_SKIP_NETTEST: '1' },
      // Most of them need no broker.
      passedOnApache: 547,
      maySkip: (name) => skipThemselves.includes(name),
    })
  } finally {
    await target.stop()
    target.remove()
  }
}
