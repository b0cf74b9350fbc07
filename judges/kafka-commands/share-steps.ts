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
    `@ --topic shared --group-id v1 ${earliest} --max-messages 5 --verbose`,
    `@ --topic shared --group-id c1 ${earliest} --max-messages 5 --acknowledgement-mode sync`,
    `@ --topic shared --group-id c2 ${earliest} --max-messages 5 --acknowledgement-mode async`,
    `@ --topic shared --group-id c3 ${earliest} --max-messages 0`,
    `@ --topic shared --group-id c4 ${earliest} --max-messages 0`,
    `@ --topic shared --group-id p1 ${earliest} --max-messages 0`,
    '@ --topic shared --group-id v1 --acknowledgement-mode never',
    '@ --topic shared',
  ]),
  ...steps('console-share-consumer', [
    `@ --topic shared --group c3 --max-messages 5 --release ${shown}`,
    `@ --topic shared --group c3 --max-messages 5 ${shown}`,
    '@ --topic shared --group c3 --timeout-ms 1500',
    '@ --topic shared --group c4 --max-messages 5 --reject --enable-systest-events',
    '@ --topic shared --group c4 --timeout-ms 1500',
    '@ --topic shared --reject --release',
    '@ --topic shared --group c3 --command-property group.id=c4',
    '@ --group c3',
    '--topic shared',
  ]),
  ...steps(
    'share-consumer-perf',
    [
      '@ --topic shared --group p1 --num-records 5 --timeout 5000 --show-consumer-stats',
      '@ --topic shared --group p1 --num-records 5 --timeout 1000 --hide-header',
    ],
    { measures: true },
  ),
  ...steps('share-consumer-perf', ['@ --topic shared', '--topic shared --num-records 5']),
  ...steps('groups', ['@ --list', '@ --list --share', '@ --list --group-type share']),
  ...steps('share-groups', [
    '@ --list',
    '@ --list --state',
    '@ --list --state Empty',
    '@ --describe --group c1',
    '@ --describe --group c1 --members',
    '@ --describe --group c1 --state',
    '@ --describe --group c1 --offsets --verbose',
    '@ --describe --group none',
    '@ --describe',
    '@ --reset-offsets --group c1 --topic shared --to-earliest --dry-run',
    '@ --reset-offsets --group c1 --topic shared --to-earliest --execute',
    '@ --reset-offsets --group c1 --all-topics --to-latest --execute',
    '@ --describe --group c1',
    '@ --delete-offsets --group c1 --topic shared',
    '@ --delete-offsets --group c1 --topic none',
    '@ --delete --group c1 --group none',
    '@ --list --describe',
    '@ --list',
  ]),
]
