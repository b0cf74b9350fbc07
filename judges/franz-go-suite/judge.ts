// franz-go's own tests of its client, unmodified, from Go's module proxy, against one broker.
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { cacheFolder, root, temporaryFolder } from '../lib/folders.ts'
import type { JudgeContext } from '../lib/judge.ts'
import { mustRun, runCommand } from '../lib/run-command.ts'
import { startTarget } from '../lib/target.ts'

const module = 'github.com/twmb/franz-go'
/** Apache Kafka 3.9.1, one broker: what it comes to with `excluded` left out. Most of them need no broker. */
const passedOnApache = 450
const suiteTimeoutMs = 12 * 60_000

/** Tests that are not run, and why. */
const excluded: Readonly<Record<string, string>> = { TestTxnEtl: 'transactions' }

/** Tests that skip themselves on a broker that lacks what they are about; on Apache Kafka 3.9.1 all of them do. */
const maySkip: readonly (readonly [name: RegExp, what: string])[] = [
  [/Share/, 'share groups, of Kafka 4.2'],
  [/848/, 'groups of the consumer protocol in the version of Kafka 4'],
  [/SCRAM/, 'SASL'],
  [/BrokerTooOld/, 'a broker that is too old'],
]

/** The compiled tests, made from the module of judges/clients/franz-go. */
async function compiledTests(): Promise<{ program: string; folder: string }> {
  const ofClient = path.join(root, 'judges', 'clients', 'franz-go')
  const facts = await mustRun('go', ['mod', 'download', '-json', module], { cwd: ofClient, timeoutMs: 300_000 })
  const { Dir: source } = JSON.parse(facts) as { Dir: string }
  const program = path.join(cacheFolder('franz-go-suite'), 'kgo.test')
  await mustRun('go', ['test', '-c', '-o', program, './pkg/kgo'], { cwd: source, timeoutMs: 600_000 })
  return { program, folder: path.join(source, 'pkg', 'kgo') }
}

export async function judge({ report, target: kind }: JudgeContext): Promise<void> {
  const { program, folder } = await compiledTests()
  const target = await startTarget(kind)
  try {
    const args = ['-test.v', '-test.count=1', '-test.timeout=11m', `-test.skip=^(${Object.keys(excluded).join('|')})$`]
    const { stdout, stderr } = await runCommand(program, args, {
      cwd: folder,
      timeoutMs: suiteTimeoutMs,
      env: { KGO_SEEDS: target.bootstrap, KGO_TEST_RF: '1', KGO_TEST_RECORDS: '5000', KGO_LOG_LEVEL: 'none' },
    })
    const outcomes = [...`${stdout}\n${stderr}`.matchAll(/^\s*--- (PASS|FAIL|SKIP): (\S+)/gm)]
    const named = (outcome: string): string[] =>
      outcomes.filter(([, each]) => each === outcome).map(([, , name = '']) => name)
    const [passed, failed, skipped] = [named('PASS'), named('FAIL'), named('SKIP')]
    for (const name of failed) await report.check(name, () => assert.fail('it failed'))
    if (failed.length > 0) {
      const log = path.join(temporaryFolder('franz-go-suite'), 'output.log')
      writeFileSync(log, stdout)
      report.note(`what the tests said is in ${log}`)
    }
    await report.check('no test skips itself for want of what Apache Kafka 3.9.1 has', () => {
      assert.deepEqual(
        skipped.filter((name) => !maySkip.some(([pattern]) => pattern.test(name))),
        [],
      )
    })
    await report.check(`${passed.length} tests passed, ${skipped.length} skipped; Apache's ${passedOnApache}`, () => {
      assert.equal(failed.length, 0)
      assert.ok(passed.length >= passedOnApache, `the suite ended early:\n${stdout.slice(-1500)}${stderr.slice(-500)}`)
    })
  } finally {
    await target.stop()
    target.remove()
  }
}
