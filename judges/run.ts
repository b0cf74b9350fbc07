// `npm run interop [-- NAME ... --target apache]`: clients, brokers and tools that nobody here wrote, against the real process
// of ours. Every judge, and the whole run, ends with `N passed, M failed`.
import { parseArgs } from 'node:util'
import type { JudgeModule, TargetKind } from './lib/judge.ts'
import { countsLine, Report } from './lib/report.ts'

const judges: readonly (readonly [name: string, load: () => Promise<JudgeModule>])[] = [
  ['zookeeper-client', () => import('./zookeeper-client/judge.ts')],
  ['zookeeper-probes', () => import('./zookeeper/probes/judge.ts')],
  ['zookeeper-data', () => import('./zookeeper/data-directory-judge.ts')],
  ['zookeeper-hostile', () => import('./zookeeper/hostile-judge.ts')],
  ['zookeeper-java-client', () => import('./zookeeper/java-client/judge.ts')],
  ['zookeeper-beside-apache', () => import('./zookeeper/beside-apache/judge.ts')],
  ['curator', () => import('./zookeeper/curator/judge.ts')],
  ['go-zookeeper', () => import('./zookeeper/go-zookeeper/judge.ts')],
  ['kazoo', () => import('./zookeeper/kazoo/judge.ts')],
  ['kafka-on-zookeeper', () => import('./kafka-on-zookeeper/judge.ts')],
  ['kafka-cluster', () => import('./kafka-cluster/judge.ts')],
  ['kafka-trace', () => import('./kafka-trace/judge.ts')],
  ['client', () => import('./client/judge.ts')],
  ['kcat', () => import('./clients/kcat/judge.ts')],
  ['confluent-kafka', () => import('./clients/confluent-kafka/judge.ts')],
  ['kafkajs', () => import('./clients/kafkajs/judge.ts')],
  ['kafkajs-face-scenario', () => import('./kafkajs-face/scenario-judge.ts')],
  ['kafkajs-programs', () => import('./kafkajs-programs/judge.ts')],
  ['kafkajs-face-security', () => import('./kafkajs-face/security-judge.ts')],
  ['franz-go', () => import('./clients/franz-go/judge.ts')],
  ['java-3.9.1', async () => (await import('./clients/java/judge.ts')).javaJudge('clients-3.9.1')],
  ['java-4.3.1', async () => (await import('./clients/java/judge.ts')).javaJudge('clients-4.3.1')],
  ['consumer-groups', () => import('./consumer-groups/judge.ts')],
  ['consumer-groups-beside-apache', () => import('./consumer-groups-beside-apache/judge.ts')],
  ['groups-beside-apache', () => import('./groups-beside-apache/judge.ts')],
  ['limits', () => import('./limits/judge.ts')],
  ['configuration', () => import('./configuration/judge.ts')],
  ['client-consumer', () => import('./client-consumer/judge.ts')],
  ['client-share-groups', () => import('./client-share-groups/judge.ts')],
  ['client-replicas', () => import('./client-replicas/judge.ts')],
  ['client-telemetry', () => import('./client-telemetry/judge.ts')],
  ['client-spans', () => import('./client-spans/judge.ts')],
  ['librdkafka-suite', () => import('./librdkafka/judge.ts')],
  ['franz-go-suite', () => import('./franz-go-suite/judge.ts')],
  ['kafkajs-suite', () => import('./kafkajs-suite/judge.ts')],
  ['kafkajs-face', () => import('./kafkajs-face/judge.ts')],
  ['apache-tools', () => import('./apache-tools/judge.ts')],
  ['kafka-commands', () => import('./kafka-commands/judge.ts')],
  ['odradek-command', () => import('./odradek-command/judge.ts')],
  ['responses-beside-apache', () => import('./responses-beside-apache/judge.ts')],
  ['dump-log', () => import('./dump-log/judge.ts')],
  ['directory-swap', () => import('./directory-swap/judge.ts')],
  ['faults', () => import('./faults/judge.ts')],
  ['history', () => import('./history/judge.ts')],
  ['hostile', () => import('./hostile/judge.ts')],
  ['client-memory', () => import('./client-memory/judge.ts')],
  ['runtimes', () => import('./runtimes/judge.ts')],
  ['examples', () => import('./examples/judge.ts')],
  ['documentation', () => import('./documentation/judge.ts')],
]

/** Run only when they are named: what they judge with is in no package registry. */
const onlyWhenNamed: readonly string[] = ['kafkajs-suite', 'kafkajs-face']

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    target: { type: 'string', default: 'odradek' },
    list: { type: 'boolean', default: false },
    rounds: { type: 'string' },
    attempts: { type: 'string', default: '1' },
  },
})
const unknown = positionals.filter((name) => !judges.some(([known]) => known === name))
if (unknown.length > 0 || (values.target !== 'odradek' && values.target !== 'apache')) {
  process.stderr.write(
    `usage: npm run interop [-- NAME ... --target apache --rounds N --attempts N]; the names are ${judges.map(([name]) => name).join(', ')}\n`,
  )
  process.exit(2)
}
if (values.list) {
  process.stdout.write(`${judges.map(([name]) => name).join('\n')}\n`)
  process.exit(0)
}

const target: TargetKind = values.target
const rounds = values.rounds === undefined ? undefined : Number(values.rounds)
const attempts = Number(values.attempts)
let passed = 0
let failed = 0
for (const [name, load] of judges) {
  if (positionals.length === 0 ? onlyWhenNamed.includes(name) : !positionals.includes(name)) continue
  let report = await judged(name, load)
  // Other people's suites wait for fixed times: a machine that is busy may fail one once. What fails twice has failed.
  for (let attempt = 1; report.failed > 0 && attempt < attempts; attempt++) {
    process.stdout.write(`${name} is judged again; what counts is the last time\n`)
    report = await judged(name, load)
  }
  passed += report.passed
  failed += report.failed
}
process.stdout.write(`\n${countsLine(passed, failed)}\n`)
process.exit(failed === 0 ? 0 : 1)

async function judged(name: string, load: () => Promise<JudgeModule>): Promise<Report> {
  process.stdout.write(`\n${name}\n`)
  const report = new Report(name)
  const startMs = performance.now()
  try {
    const { judge } = await load()
    await judge({ report, target, rounds })
  } catch (error) {
    await report.check('the judge could run', () => {
      throw error
    })
  }
  const tookS = Math.round((performance.now() - startMs) / 1000)
  process.stdout.write(`${countsLine(report.passed, report.failed)} in ${tookS} s\n`)
  return report
}
