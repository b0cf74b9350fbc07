// What Kafka 4.3.1's tools for share groups are asked, on Apache Kafka 4.3.1.
import type { Step } from '../apache-tools/steps.ts'
import { steps } from './steps.ts'

const shown = ['partition', 'offset', 'delivery', 'key']
  .map((name) => `--formatter-property print.${name}=true`)
  .join(' ')
const earliest = '--offset-reset-strategy earliest'

export const shareSteps: readonly Step[] = [
  ...steps('topics', ['@ --create --topic shared']),
  ...steps(
    'producer-perf',
    [
      '--topic shared --num-records 5 --payload-monotonic --throughput -1 --producer-props bootstrap.servers={bootstrap}',
    ],
    { measures: true },
  ),
  ...steps('verifiable-share-consumer', [
    `@ --topic shared --group-id c3 ${earliest} --max-messages 0`,
    `@ --topic shared --group-id c4 ${earliest} --max-messages 0`,
    `@ --topic shared --group-id p1 ${earliest} --max-messages 0`,
  ]),
  ...steps('console-share-consumer', [
    `@ --topic shared --group c3 --max-messages 5 --release ${shown}`,
    `@ --topic shared --group c3 --max-messages 5 ${shown}`,
    '@ --topic shared --group c3 --timeout-ms 1500',
    '@ --topic shared --group c4 --max-messages 5 --reject',
    '@ --topic shared --group c4 --timeout-ms 1500',
  ]),
  ...steps(
    'share-consumer-perf',
    [
      '@ --topic shared --group p1 --num-records 5 --timeout 30000 --show-consumer-stats',
      '@ --topic shared --group p1 --num-records 5 --timeout 1000 --hide-header',
    ],
    { measures: true },
  ),
  ...steps('verifiable-share-consumer', [
    `@ --topic shared --group-id v1 ${earliest} --max-messages 5 --verbose`,
    `@ --topic shared --group-id c1 ${earliest} --max-messages 5 --acknowledgement-mode sync`,
    `@ --topic shared --group-id c2 ${earliest} --max-messages 5 --acknowledgement-mode async`,
    '@ --topic shared --group-id v1 --acknowledgement-mode never',
  ]),
]
