// `npm run interop [-- NAME ... --target apache]`: clients, brokers and tools that nobody here wrote, against the real process
// of ours. Every judge, and the whole run, ends with `N passed, M failed`.
import { parseArgs } from 'node:util'
import type { JudgeModule, TargetKind } from './lib/judge.ts'
import type { Counts } from './lib/report.ts'
import { countsLine, countsOf, Report } from './lib/report.ts'
import { runCommand } from './lib/run-command.ts'

const judgeMsMax = 30 * 60 * 1000

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
  ['client-admin', () => import('./client-admin/judge.ts')],
  ['client-share-groups', () => import('./client-share-groups/judge.ts')],
  ['client-replicas', () => import('./client-replicas/judge.ts')],
  ['client-telemetry', () => import('./client-telemetry/judge.ts')],
  ['client-spans', () => import('./client-spans/judge.ts')],
  ['librdkafka-suite', () => import('./librdkafka/judge.ts')],
  ['franz-go-suite', () => import('./franz-go-suite/judge.ts')],
  ['kafka-go-suite', () => import('./kafka-go-suite/judge.ts')],
  ['kafka-python-suite', () => import('./kafka-python-suite/judge.ts')],
  ['kafkajs-suite', () => import('./kafkajs-suite/judge.ts')],
  ['kafkajs-face', () => import('./kafkajs-face/judge.ts')],
  ['apache-tools', () => import('./apache-tools/judge.ts')],
  ['kafka-commands', () => import('./kafka-commands/judge.ts')],
  ['odradek-command', () => import('./odradek-command/judge.ts')],
  ['responses-beside-apache', () => import('./responses-beside-apache/judge.ts')],
  ['dump-log', () => import('./dump-log/judge.ts')],
  ['log-files', () => import('./log-files/judge.ts')],
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
/** Never beside others: they need ports 2181 and 9092, or measure memory and time of the one process. */
const alone: readonly string[] = [
  'kazoo',
  'documentation',
  'kafka-go-suite',
  'client-memory',
  'zookeeper-hostile',
  'hostile',
]

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    target: { type: 'string', default: 'odradek' },
    list: { type: 'boolean', default: false },
    rounds: { type: 'string' },
    attempts: { type: 'string', default: '1' },
    parallel: { type: 'string', default: '1' },
  },
})
const unknown = positionals.filter((name) => !judges.some(([known]) => known === name))
if (unknown.length > 0 || (values.target !== 'odradek' && values.target !== 'apache')) {
  process.stderr.write(
    `usage: npm run interop [-- NAME ... --target apache --rounds N --attempts N --parallel N]; the names are ${judges.map(([name]) => name).join(', ')}\n`,
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
const parallel = Number(values.parallel)
const chosen = judges.filter(([name]) =>
  positionals.length === 0 ? !onlyWhenNamed.includes(name) : positionals.includes(name),
)
const outcomes = new Map<string, Counts>()
const beside = parallel > 1 ? chosen.filter(([name]) => !alone.includes(name)) : []
await judgeSideBySide(beside.map(([name]) => name))
for (const [name, load] of chosen) {
  if (!outcomes.has(name)) outcomes.set(name, await judged(name, load))
}
// Other people's suites wait for fixed times: a machine that is busy may fail one once. What fails twice has failed.
for (const [name, load] of chosen) {
  for (let attempt = 1; (outcomes.get(name)?.failed ?? 0) > 0 && attempt < attempts; attempt++) {
    process.stdout.write(`\n${name} is judged again; what counts is the last time\n`)
    outcomes.set(name, await judged(name, load))
  }
}
const [passed, failed] = [sum('passed'), sum('failed')]
process.stdout.write(`\n${countsLine(passed, failed)}\n`)
process.exit(failed === 0 ? 0 : 1)

function sum(what: keyof Counts): number {
  return [...outcomes.values()].reduce((total, counts) => total + counts[what], 0)
}

/** Each in a process of its own, `parallel` at a time; what one prints is shown when it has ended. */
async function judgeSideBySide(names: readonly string[]): Promise<void> {
  const waiting = [...names]
  const work = async () => {
    for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
      const options = ['--target', target, ...(rounds === undefined ? [] : ['--rounds', String(rounds)])]
      const { stdout, stderr } = await runCommand(
        process.execPath,
        [...process.execArgv, process.argv[1] ?? '', name, ...options],
        { timeoutMs: judgeMsMax },
      )
      const lines = stdout.trimEnd().split('\n')
      process.stdout.write(`${lines.slice(0, -1).join('\n')}\n`)
      process.stderr.write(stderr)
      outcomes.set(name, countsOf(lines.at(-1) ?? ''))
    }
  }
  await Promise.all(Array.from({ length: parallel }, work))
}

async function judged(name: string, load: () => Promise<JudgeModule>): Promise<Counts> {
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
