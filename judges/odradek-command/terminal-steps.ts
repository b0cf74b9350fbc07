import assert from 'node:assert/strict'
import { chmodSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { root } from '../lib/folders.ts'
import type { Report } from '../lib/report.ts'
import { mustRun } from '../lib/run-command.ts'
import { output } from './command.ts'
import type { Cluster } from './command.ts'

const script = path.join(root, 'judges', 'odradek-command', 'at-terminal.py')
const columns = 70
/** What control sequences of terminals begin with. */
const escape = '\u001B'

/** The command as a process at a terminal: colours, width, prompts, Ctrl-C; and completion by a real bash. */
export async function judgeAtTerminal(report: Report, cluster: Cluster, folder: string): Promise<void> {
  const program = path.join(folder, 'odradek')
  const entry = path.join(root, 'packages', 'cli', 'bin', 'odradek.js')
  writeFileSync(program, `#!/bin/sh\nexec "${process.execPath}" --conditions=source "${entry}" "$@"\n`)
  chmodSync(program, 0o755)
  const environment = {
    ODRADEK_BOOTSTRAP_SERVERS: cluster.bootstrap,
    ODRADEK_CONFIG: path.join(folder, 'no-such-file'),
    TERM: 'xterm',
    NO_COLOR: '',
    PATH: `${folder}:${process.env['PATH']}`,
  }
  /** `steps`: what to wait for, and what to type then. */
  const atTerminal = (
    args: readonly string[],
    steps: readonly (readonly [shown: string, typed: string])[] = [],
    env: Record<string, string> = {},
  ): Promise<string> =>
    mustRun('python3', [script, String(columns), JSON.stringify(steps), program, ...args], {
      env: { ...environment, ...env },
    })

  await output(cluster, ['topic', 'create', 'a-topic-with-a-name-that-is-much-longer-than-others-are', '-p', '1'])
  await report.check(`at a terminal: a table in colour, no wider than that; plain with NO_COLOR`, async () => {
    const shown = await atTerminal(['topic', 'list', '--internal'])
    assert.ok(shown.startsWith(`${escape}[1mTOPIC `), shown)
    assert.match(shown, /UNDER-REPLICATED\S+\[22m/)
    assert.ok(!(await atTerminal(['topic', 'list'], [], { NO_COLOR: '1' })).includes(escape))
    const config = ['config', 'get', 'topic', 'a-topic-with-a-name-that-is-much-longer-than-others-are', '--all']
    const lines = (await atTerminal(config, [], { NO_COLOR: '1' })).split('\n').map((line) => line.trimEnd())
    assert.ok(lines.length > 20)
    assert.deepEqual(
      lines.filter((line) => line.length > columns),
      [],
    )
  })
  await report.check('at a terminal: a deletion asks, and only yes means yes', async () => {
    const remove = ['topic', 'delete', 'a-topic-with-a-name-that-is-much-longer-than-others-are']
    assert.match(await atTerminal(remove, [['Type yes:', 'no\r']]), /nothing was done[^]*exit code 1\n$/)
    assert.match(await atTerminal(remove, [['Type yes:', '\u0003']]), /exit code 130\n$/)
    assert.match(await atTerminal(remove, [['Type yes:', 'yes\r']]), /deleted[^]*exit code 0\n$/)
  })
  await report.check('at a terminal: a password is not shown', async () => {
    const shown = await atTerminal(
      ['user', 'create', 'typed'],
      [
        ['Password of typed:', 'hunter2\r'],
        ['The same again:', 'hunter3\r'],
      ],
    )
    // A broker without SCRAM refuses before it comes to that.
    assert.match(shown, /differ: nothing was done|cannot do this/)
    assert.doesNotMatch(shown, /hunter/)
  })
  await report.check('at a terminal: Ctrl-C ends consume in good order, and bench with what was measured', async () => {
    await output(cluster, ['topic', 'create', 'watched'])
    await output(cluster, ['produce', '-t', 'watched'], 'seen\n')
    assert.match(await atTerminal(['consume', 'watched'], [['seen', '\u0003']]), /seen[^]*exit code 0\n$/)
    const shown = await atTerminal(['bench', 'produce', '-n', '100000000'], [['records/s', '\u0003']])
    assert.match(shown, /produce {2}[\d,]+ records\/s/)
    assert.ok(shown.includes(`${escape}[2K`), 'the line of progress is taken away')
    assert.match(shown, /BENCH[^]*interrupted[^]*exit code 0\n$/)
  })
  await report.check('completion in bash: commands, and topics of the cluster', async () => {
    const complete = (...words: string[]): Promise<string> => {
      const quoted = words.map((word) => `'${word}'`).join(' ')
      const lines = `source <(odradek completion bash); COMP_WORDS=(${quoted}); COMP_CWORD=${words.length - 1}; _odradek; echo "\${COMPREPLY[*]}"`
      return mustRun('bash', ['-c', lines], { env: environment })
    }
    assert.equal(await complete('odradek', 'topic', 'desc'), 'describe\n')
    assert.equal(await complete('odradek', 'topic', 'describe', 'wat'), 'watched\n')
  })
}
