// franz-go's own tests of its client, unmodified, from Go's module proxy, against one broker.
import path from 'node:path'
import { cacheFolder, root } from '../lib/folders.ts'
import { compileGoTests, goModule, judgeGoSuite } from '../lib/go-tests.ts'
import type { JudgeContext } from '../lib/judge.ts'
import { startTarget } from '../lib/target.ts'

/** Tests that are not run, and why. */
const excluded: Readonly<Record<string, string>> = { TestTxnEtl: 'transactions' }

/** Tests that skip themselves on a broker that lacks what they are about; on Apache Kafka 3.9.1 all of them do. */
const maySkip: readonly (readonly [name: RegExp, what: string])[] = [
  [/Share/, 'share groups, of Kafka 4.2'],
  [/848/, 'groups of the consumer protocol in the version of Kafka 4'],
  [/SCRAM/, 'SASL'],
  [/BrokerTooOld/, 'a broker that is too old'],
]

export async function judge({ report, target: kind }: JudgeContext): Promise<void> {
  const source = await goModule('github.com/twmb/franz-go', path.join(root, 'judges', 'clients', 'franz-go'))
  const program = path.join(cacheFolder('franz-go-suite'), 'kgo.test')
  await compileGoTests(source, program, './pkg/kgo')
  const target = await startTarget(kind)
  try {
    await judgeGoSuite(report, {
      program,
      folder: path.join(source, 'pkg', 'kgo'),
      skip: Object.keys(excluded),
      env: { KGO_SEEDS: target.bootstrap, KGO_TEST_RF: '1', KGO_TEST_RECORDS: '5000', KGO_LOG_LEVEL: 'none' },
      // Most of them need no broker.
      passedOnApache: 450,
      maySkip: (name) => maySkip.some(([pattern]) => pattern.test(name)),
    })
  } finally {
    await target.stop()
    target.remove()
  }
}
