// One number of librdkafka's suite in a process of its own.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { runCommand } from '../lib/run-command.ts'

export interface SuiteRun {
  /** The folder with `test-runner`. */
  readonly tests: string
  /** For configuration and reports. */
  readonly folder: string
  readonly kafkaHome: string
  readonly bootstrap: string
  readonly zookeeper: string
}

export type Outcome = 'passed' | 'failed' | 'skipped'

export interface TestResult {
  /** `0012_produce_consume` */
  readonly name: string
  readonly outcome: Outcome
  readonly seconds: number
  /** The end of what it said. */
  readonly said: string
}

/**
 * Runs all tests of a number (0045 has several) in full mode; never `-Q`, which passes tests without running them.
 * A test that the report does not know about, because the process was killed or died, has failed.
 */
export async function runNumber(
  run: SuiteRun,
  number: string,
  scenario: string,
  timeoutMs: number,
  subtests?: string,
): Promise<TestResult[]> {
  const base = path.join(run.folder, `${number}-${scenario}${subtests === undefined ? '' : `-${subtests}`}`)
  const [conf, reportFile] = [`${base}.conf`, `${base}.json`]
  writeFileSync(conf, `bootstrap.servers=${run.bootstrap}\n`)
  const startMs = performance.now()
  const result = await runCommand('./test-runner', ['-p1', '-L', '-K', '-s', scenario], {
    cwd: run.tests,
    timeoutMs,
    env: {
      CI: '',
      LD_LIBRARY_PATH: `${path.join(run.tests, '..', 'src')}:${path.join(run.tests, '..', 'src-cpp')}`,
      TESTS: number,
      ...(subtests === undefined ? {} : { SUBTESTS: subtests }),
      TEST_KAFKA_VERSION: '3.9.1',
      TEST_REPORT: reportFile,
      RDKAFKA_TEST_CONF: conf,
      KAFKA_PATH: run.kafkaHome,
      BROKERS: run.bootstrap,
      ZK_ADDRESS: run.zookeeper,
    },
  })
  const seconds = Math.round((performance.now() - startMs) / 1000)
  const text = `${result.stdout}\n${result.stderr}`
  writeFileSync(`${base}.log`, text)
  const said = text.trim().split('\n').slice(-25).join('\n')
  const report = existsSync(reportFile) ? readFileSync(reportFile, 'utf8') : ''
  const seen = [
    ...report.matchAll(/"name": "(\d\w+)", "state": "(PASSED|FAILED|SKIPPED|RUNNING)"[^{}]*?"duration": ([\d.]+)/g),
  ]
    .filter(([, name = '']) => name.startsWith(number))
    .map(([, name = '', state, duration]): TestResult => {
      const outcome = state === 'PASSED' ? 'passed' : state === 'SKIPPED' ? 'skipped' : 'failed'
      return { name, outcome, seconds: Number(duration), said }
    })
  if (seen.some(({ outcome }) => outcome !== 'skipped') || result.status === 0) return seen
  const why = result.status === null ? `no end within ${timeoutMs / 1000} s` : `ended with ${result.status}`
  return [{ name: number, outcome: 'failed', seconds, said: `${why}\n${said}` }]
}
