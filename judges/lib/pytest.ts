import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { temporaryFolder } from './folders.ts'
import type { Report } from './report.ts'
import { runCommand } from './run-command.ts'

export interface PythonSuite {
  /** The Python that pytest is in. */
  readonly python: string
  /** Where it is run. */
  readonly folder: string
  /** What pytest is told: what to run and how. */
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly timeoutMs: number
  /** What Apache's server comes to; undefined where only a part is run. */
  readonly expected: { readonly passed: number; readonly skipped: number } | undefined
}

interface Outcome {
  readonly title: string
  readonly kind: 'passed' | 'failed' | 'skipped'
  readonly text: string
}

/** Runs tests of pytest: one check for each that fails, and one that as many passed and skipped themselves as on Apache's server. */
export async function judgePythonSuite(report: Report, suite: PythonSuite): Promise<void> {
  const results = path.join(temporaryFolder(report.name), 'results.xml')
  const { stdout, stderr } = await runCommand(
    suite.python,
    ['-m', 'pytest', '-q', '-p', 'no:cacheprovider', '--tb=short', '--junitxml', results, ...suite.args],
    { cwd: suite.folder, env: { PYTHONDONTWRITEBYTECODE: '1', ...suite.env }, timeoutMs: suite.timeoutMs },
  )
  const outcomes = existsSync(results) ? outcomesOf(readFileSync(results, 'utf8')) : []
  const of = (kind: Outcome['kind']): Outcome[] => outcomes.filter((outcome) => outcome.kind === kind)
  for (const { title, text } of of('failed')) {
    await report.check(title, () => assert.fail(text))
  }
  const counts = { passed: of('passed').length, skipped: of('skipped').length }
  await report.check(`${counts.passed} tests passed, ${counts.skipped} skipped`, () => {
    assert.ok(counts.passed > 0, `no test ran:\n${stdout.slice(-1500)}${stderr.slice(-500)}`)
    if (suite.expected !== undefined) assert.deepEqual(counts, suite.expected)
  })
}

/** The tests in pytest's report in JUnit's form. */
function outcomesOf(xml: string): Outcome[] {
  const cases = xml.matchAll(/<testcase classname="([^"]*)" name="([^"]*)"[^>]*?(?:\/>|>([^]*?)<\/testcase>)/g)
  return [...cases].map(([, suite, name, body = '']) => {
    const kind = /<(failure|error)\b/.test(body) ? 'failed' : body.includes('<skipped') ? 'skipped' : 'passed'
    return { title: `${suite}.${name}`, kind, text: body }
  })
}
