// The client's own tests in other runtimes than the one that this repository brings: Bun, and the LTS before it of Node. Both come from npm, for Linux on x64.
import { globSync } from 'node:fs'
import path from 'node:path'
import { root } from '../lib/folders.ts'
import type { JudgeContext } from '../lib/judge.ts'
import { installNpm } from '../lib/install-npm.ts'
import { runCommand } from '../lib/run-command.ts'

const timeoutMs = 580_000

export async function judge({ report }: JudgeContext): Promise<void> {
  const modules = path.join(await installNpm(path.join(root, 'judges', 'runtimes'), 'runtimes'), 'node_modules')
  const tests = globSync('packages/client/{src,test}/**/*.test.ts', { cwd: root }).sort()
  const env = { NODE_OPTIONS: '' }
  await report.check(`Bun 1.4.5: the client's tests`, async () => {
    const bun = path.join(modules, '@oven', 'bun-linux-x64', 'bin', 'bun')
    const args = ['test', '--timeout', '120000', '--conditions=source', ...tests.map((file) => `./${file}`)]
    const result = await runCommand(bun, args, { cwd: root, env, timeoutMs })
    mustHavePassed(result, /^ *(\d+) pass$/m, /^\(fail\)/)
  })
  await report.check(`Node 22.23.3: the client's tests`, async () => {
    const node = path.join(modules, 'node-22', 'bin', 'node')
    const flags = ['--conditions=source', '--disable-warning=ExperimentalWarning', '--test', '--test-reporter=spec']
    const args = [...flags, '--experimental-test-isolation=none', ...tests]
    const result = await runCommand(node, args, { cwd: root, env, timeoutMs })
    mustHavePassed(result, /^ℹ pass (\d+)$/m, /^\s*✖/)
  })

  function mustHavePassed(
    { status, stdout, stderr }: { status: number | null; stdout: string; stderr: string },
    counted: RegExp,
    failure: RegExp,
  ): void {
    const said = `${stdout}\n${stderr}`
    const passed = Number(counted.exec(said)?.[1] ?? 0)
    if (status !== 0 || passed < 100) {
      const lines = said.split('\n')
      const failures = lines.filter((line) => failure.test(line))
      throw new Error([`ended with ${status}, ${passed} passed`, ...failures, ...lines.slice(-15)].join('\n'))
    }
    report.note(`${passed} tests`)
  }
}
