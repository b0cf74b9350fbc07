// librdkafka's own test suite, unmodified and in full mode, against one broker. `tests.json` says which of its tests that talk to a
// broker pass on Apache Kafka 3.9.1 alone, and why others cannot count. Those that take long run with LIBRDKAFKA_TESTS=all; any
// other value of it (`0026,0081`) chooses by name.
import assert from 'node:assert/strict'
import { readFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import { root, temporaryFolder } from '../lib/folders.ts'
import type { JudgeContext } from '../lib/judge.ts'
import { startTarget } from '../lib/target.ts'
import { installedTests, kafkaHome } from './install.ts'
import type { SuiteRun, TestResult } from './run-test.ts'
import { runNumber } from './run-test.ts'

/** A test of the suite that talks to a broker. */
interface KnownTest {
  readonly name: string
  /** Without auto-creation of topics if `noautocreate`. */
  readonly scenario?: 'noautocreate'
  /** On Apache Kafka 3.9.1, alone on this broker. */
  readonly seconds: number
  /** Why it does not count; absent for those that have to pass. */
  readonly excluded?: string
  /** Only these of its subtests count, each run by itself; the others need what `without` says. */
  readonly subtests?: readonly string[]
  readonly without?: string
}

const known = JSON.parse(
  readFileSync(path.join(root, 'judges', 'librdkafka', 'tests.json'), 'utf8'),
) as readonly KnownTest[]
/** Longer ones run only with LIBRDKAFKA_TESTS=all. */
const longSeconds = 80
const testsAtOnce = 4
/** As in production: several tests count on members finding each other in a group's first generation. */
const properties = { 'num.partitions': '4', 'group.initial.rebalance.delay.ms': '3000' }

interface Job {
  readonly number: string
  readonly scenario: string
  readonly subtests?: string
  readonly tests: readonly KnownTest[]
}

export async function judge({ report, target: kind }: JudgeContext): Promise<void> {
  const choice = process.env['LIBRDKAFKA_TESTS'] ?? ''
  const chosen = known.filter(({ name, seconds, excluded }) => {
    if (choice === 'all') return excluded === undefined
    return choice === ''
      ? excluded === undefined && seconds <= longSeconds
      : choice.split(',').some((part) => name.includes(part))
  })
  const tests = await installedTests()
  const folder = temporaryFolder('librdkafka')
  const home = await kafkaHome(path.join(folder, 'kafka'))
  for (const scenario of ['default', 'noautocreate']) {
    const jobs = jobsOf(
      chosen.filter((test) => (test.scenario ?? 'default') === scenario),
      scenario,
    )
    if (jobs.length === 0) continue
    const target = await startTarget(kind, {
      ...properties,
      'auto.create.topics.enable': String(scenario === 'default'),
    })
    const { bootstrap, zookeeper } = target
    try {
      await runJobs({ tests, folder, kafkaHome: home, bootstrap, zookeeper }, jobs, report)
    } finally {
      await target.stop()
      target.remove()
    }
  }
  report.note(
    `${known.length} tests talk to a broker, ${known.filter((test) => test.excluded === undefined).length} count`,
  )
  if (report.failed === 0) rmSync(folder, { recursive: true, force: true })
  else report.note(`what they said is in ${folder}`)
}

/** The longest first, so that none of them is left alone at the end. */
function jobsOf(chosen: readonly KnownTest[], scenario: string): Job[] {
  const byNumber = Map.groupBy(chosen, ({ name }) => name.slice(0, 4))
  return [...byNumber]
    .toSorted(([, a], [, b]) => secondsOf(b) - secondsOf(a))
    .flatMap(([number, tests]): Job[] => {
      const subtests = tests.flatMap((test) => test.subtests ?? [])
      if (subtests.length === 0) return [{ number, scenario, tests }]
      return subtests.map((name) => ({ number, scenario, tests, subtests: name }))
    })
}

function secondsOf(tests: readonly KnownTest[]): number {
  return tests.reduce((sum, { seconds }) => sum + seconds, 0)
}

async function runJobs(run: SuiteRun, jobs: Job[], report: JudgeContext['report']): Promise<void> {
  const again: Job[] = []
  const worker = async (): Promise<void> => {
    for (let job = jobs.shift(); job !== undefined; job = jobs.shift()) {
      const results = await resultsOf(run, job)
      if (job.tests.every((test) => resultOf(results, test)?.outcome === 'passed')) await check(report, job, results)
      else again.push(job)
    }
  }
  await Promise.all(Array.from({ length: testsAtOnce }, worker))
  // Many of these tests measure times, or give up soon: on a busy machine what counts is what they do alone.
  for (const job of again) {
    report.note(`${titleOf(job)} did not pass beside others: once more, alone`)
    await check(report, job, await resultsOf(run, job))
  }
}

/** A test has several times the time that it takes alone. */
function resultsOf(run: SuiteRun, { number, scenario, tests, subtests }: Job): Promise<TestResult[]> {
  const timeoutMs = Math.max(120, secondsOf(tests) * 4) * 1000
  return runNumber(run, number, scenario, timeoutMs, subtests)
}

function resultOf(results: readonly TestResult[], test: KnownTest): TestResult | undefined {
  return results.find(({ name }) => name === test.name) ?? results.find(({ name }) => name === test.name.slice(0, 4))
}

function titleOf({ tests, subtests }: Job): string {
  return `${tests.map(({ name }) => name).join(', ')}${subtests === undefined ? '' : `: ${subtests}`}`
}

async function check(report: JudgeContext['report'], job: Job, results: readonly TestResult[]): Promise<void> {
  for (const test of job.tests) {
    const result = resultOf(results, test)
    await report.check(`${titleOf({ ...job, tests: [test] })}, ${result?.seconds ?? 0} s`, () => {
      assert.ok(result !== undefined, 'the suite did not report it')
      assert.equal(result.outcome, 'passed', result.said)
    })
  }
}
