import assert from 'node:assert/strict'
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs'
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
  await report.check(
    'at a terminal: Ctrl-C, also one that npm passes on, ends in good order what is under way',
    async () => {
      // npm and the terminal both send the signal.
      assert.match(await atTerminal(['consume', 'watched'], [['seen', '\u0003\u0003']]), /seen[^]*exit code 0\n$/)
      const pipe = ['bash', '-c', '(echo kept; exec sleep 60) | odradek produce watched']
      const shown = await mustRun(
        'python3',
        [script, String(columns), JSON.stringify([['written: 1', '\u0003']]), ...pipe],
        { env: environment },
      )
      assert.match(shown, /1 record written to watched[^]*exit code 0\n$/)
      assert.match(await output(cluster, ['consume', '-t', 'watched', '-e']), /^kept$/m)
      const typed = await atTerminal(
        ['kafka-console-producer', '--bootstrap-server', cluster.bootstrap, '--topic', 'watched'],
        [['>', '\u0003']],
      )
      assert.match(typed, /^>[^]*exit code 0\n$/)
    },
  )
  writeFileSync(path.join(folder, 'bashrc'), "PS1='ready> '\nsource <(odradek completion bash)\n")
  const zshrc = "PROMPT='ready> '\nautoload -Uz compinit && compinit -u\nsource <(odradek completion zsh)\n"
  writeFileSync(path.join(folder, '.zshrc'), zshrc)
  mkdirSync(path.join(folder, 'fish'), { recursive: true })
  const fishrc = "function fish_prompt; printf 'ready> '; end\nodradek completion fish | source\n"
  writeFileSync(path.join(folder, 'fish', 'config.fish'), fishrc)
  const shells = { bash: ['--rcfile', path.join(folder, 'bashrc'), '-i'], zsh: ['-i'], fish: ['-i'] }
  const keys = [
    ['ready> ', 'odradek topic desc\twatc\t\r'],
    ['IN-SYNC', `odradek topic offsets -b ${cluster.bootstrap} watc\t\r`],
    ['RECORDS', 'odradek topic list -X security.pro\tPLAIN\t\r'],
    ['UNDER-REPLICATED', `odradek kafka-topics --boots\t${cluster.bootstrap} --describe --topic watched\r`],
    ['PartitionCount', 'exit\r'],
  ]
  for (const [shell, args] of Object.entries(shells)) {
    if (!isInstalled(shell)) {
      report.note(`completion in ${shell} was not tried: it is not installed`)
      continue
    }
    await report.check(
      `completion in ${shell}, by its key: commands, topics of the cluster, properties, Kafka's tools`,
      async () => {
        const shown = await mustRun('python3', [script, '100', JSON.stringify(keys), shell, ...args], {
          timeoutMs: 300_000,
          env: { ...environment, ZDOTDIR: folder, XDG_CONFIG_HOME: folder, HOME: folder, HISTFILE: '' },
        })
        assert.match(shown, /exit code 0\n$/)
      },
    )
  }
}

function isInstalled(program: string): boolean {
  return (process.env['PATH'] ?? '').split(':').some((directory) => existsSync(path.join(directory, program)))
}
