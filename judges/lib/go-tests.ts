import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { temporaryFolder } from './folders.ts'
import type { Report } from './report.ts'
import { mustRun, runCommand } from './run-command.ts'

const suiteMinutesMax = 12

/** The folder of a module (`path` of a go.mod in `folder`, or `path@version`) as Go's module proxy has it. */
export async function goModule(module: string, folder: string): Promise<string> {
  const facts = await mustRun('go', ['mod', 'download', '-json', module], { cwd: folder, timeoutMs: 300_000 })
  return (JSON.parse(facts) as { Dir: string }).Dir
}

/** Compiles the tests of one package in the folder `source` into the file `program`. */
export async function compileGoTests(source: string, program: string, name = '.'): Promise<void> {
  await mustRun('go', ['test', '-c', '-o', program, name], { cwd: source, timeoutMs: 600_000 })
}

export interface GoSuite {
  /** The compiled tests, and the folder that they find their files in. */
  readonly program: string
  readonly folder: string
  /** Tests, or parts of tests as `Test/part`, that are not run. */
  readonly skip: readonly string[]
  readonly env: Readonly<Record<string, string>>
  /** How many pass on Apache's server with the same left out. */
  readonly passedOnApache: number
  /** Whether a test may skip itself. */
  readonly maySkip: (name: string) => boolean
}

/** Runs compiled tests of Go: one check for each that fails, one that none skipped itself, one that as many passed as on Apache's server. */
export async function judgeGoSuite(report: Report, suite: GoSuite): Promise<void> {
  const parts = suite.skip.map((name) =>
    name
      .split('/')
      .map((part) => `^${part}$`)
      .join('/'),
  )
  const skip = parts.length === 0 ? [] : [`-test.skip=${parts.join('|')}`]
  const args = ['-test.v', '-test.count=1', `-test.timeout=${suiteMinutesMax - 1}m`, ...skip]
  const { stdout, stderr } = await runCommand(suite.program, args, {
    cwd: suite.folder,
    timeoutMs: suiteMinutesMax * 60_000,
    env: suite.env,
  })
  const outcomes = [...`${stdout}\n${stderr}`.matchAll(/^\s*--- (PASS|FAIL|SKIP): (\S+)/gm)]
  const named = (outcome: string): string[] =>
    outcomes.filter(([, each]) => each === outcome).map(([, , name = '']) => name)
  const [passed, failed, skipped] = [named('PASS'), named('FAIL'), named('SKIP')]
  for (const name of failed) {
    const start = stdout.indexOf(`=== RUN   ${name}\n`)
    await report.check(name, () => assert.fail(stdout.slice(start, start + 4000)))
  }
  if (failed.length > 0) {
    const log = path.join(temporaryFolder(report.name), 'output.log')
    writeFileSync(log, stdout)
    report.note(`what the tests said is in ${log}`)
  }
  await report.check('no test skips itself for want of what Apache has', () => {
    assert.deepEqual(
      skipped.filter((name) => !suite.maySkip(name)),
      [],
    )
  })
  const title = `${passed.length} tests passed, ${skipped.length} skipped; Apache's ${suite.passedOnApache}`
  await report.check(title, () => {
    assert.ok(
      passed.length >= suite.passedOnApache,
      `the suite ended early:\n${stdout.slice(-1500)}${stderr.slice(-500)}`,
    )
  })
}
