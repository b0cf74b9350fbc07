// Shells and scripts of other people's clients, the same session with Apache ZooKeeper 3.9.5 and with ours: what they print is the same.
import assert from 'node:assert/strict'
import { rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { Daemon } from '../../lib/daemon.ts'
import { root, temporaryFolder } from '../../lib/folders.ts'
import { freePorts } from '../../lib/free-ports.ts'
import { installNpm } from '../../lib/install-npm.ts'
import type { JudgeContext } from '../../lib/judge.ts'
import type { Report } from '../../lib/report.ts'
import { classpath } from '../../lib/maven.ts'
import { startZooKeeper } from '../servers.ts'
import { ScriptedShell } from './scripted-shell.ts'
import { cli, nodeScripts, zkCli } from './sessions.ts'
import { debianPackage } from '../../lib/debian-package.ts'

const nodeClient = path.join(root, 'judges', 'zookeeper', 'beside-apache', 'node-zookeeper-client')
const cliFile = '/usr/lib/zookeeper/bin/cli_mt'
const scriptMs = 60_000

export async function judge({ report, target }: JudgeContext): Promise<void> {
  const folder = temporaryFolder('beside-apache')
  const ports = await freePorts(2)
  const servers: Daemon[] = []
  try {
    for (const [index, kind] of (['apache', target] as const).entries()) {
      const options = { folder: path.join(folder, String(index)), port: ports[index] ?? 0 }
      servers.push(await startZooKeeper(kind, { ...options, lines: ['extendedTypesEnabled=true'] }))
    }
    const [apachePort = 0, port = 0] = ports
    await judgeZkCli(report, folder, apachePort, port)
    await judgeCli(report, apachePort, port)
    await judgeNodeScripts(report, folder, apachePort, port)
  } finally {
    for (const server of servers) await server.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

async function judgeZkCli(report: Report, folder: string, apachePort: number, port: number): Promise<void> {
  const libraries = await classpath('zookeeper-3.9.5')
  const quiet = path.join(folder, 'logback.xml')
  writeFileSync(quiet, '<configuration><root level="OFF"/></configuration>\n')
  const shell = (at: number): ScriptedShell => {
    const options = [`-Dlogback.configurationFile=${quiet}`, '-XX:+UseSerialGC', '-Xmx256m', '-cp', libraries]
    const main = ['org.apache.zookeeper.ZooKeeperMain', '-server', `127.0.0.1:${at}`]
    return new ScriptedShell('java', [...options, ...main], (node) => [`get ${node}`, `Node does not exist: ${node}\n`])
  }
  const shells = [shell(apachePort), shell(port)] as const
  try {
    await Promise.all(shells.map((one) => one.say('sync /')))
    for (const command of zkCli) await sameAnswer(report, 'zkCli', shells, command)
    await report.check('zkCli: close and connect', async () => {
      const answers = await Promise.all(
        shells.map(async (one, index) => {
          const closed = await one.say(`connect 127.0.0.1:${index === 0 ? apachePort : port}`)
          return closed + (await one.say('ls /')) + (await one.quit('quit'))
        }),
      )
      assert.deepEqual(linesOf(answers[1] ?? ''), linesOf(answers[0] ?? ''))
    })
    await sameEvents(report, 'zkCli', shells)
  } finally {
    for (const one of shells) one.kill()
  }
}

async function judgeCli(report: Report, apachePort: number, port: number): Promise<void> {
  await debianPackage('zookeeper-bin', cliFile)
  const shell = (at: number): ScriptedShell =>
    new ScriptedShell(cliFile, [`127.0.0.1:${at}`], (node) => [`adelete ${node}`, `${node}: rc = -101\n`])
  const shells = [shell(apachePort), shell(port)] as const
  try {
    await Promise.all(shells.map((one) => one.say('exists /')))
    for (const command of cli) await sameAnswer(report, 'cli_mt', shells, command)
    await report.check('cli_mt: quit', async () => {
      const [apaches = '', ours = ''] = await Promise.all(shells.map((one) => one.quit('quit')))
      assert.deepEqual(linesOf(ours), linesOf(apaches))
    })
    await sameEvents(report, 'cli_mt', shells)
  } finally {
    for (const one of shells) one.kill()
  }
}

async function judgeNodeScripts(report: Report, folder: string, apachePort: number, port: number): Promise<void> {
  const installed = await installNpm(nodeClient, 'node-zookeeper-client')
  const run = async (name: string, at: number, args: readonly string[]): Promise<string[]> => {
    const script = Daemon.start({
      name,
      command: process.execPath,
      args: [
        path.join(installed, 'node_modules', 'node-zookeeper-client', 'examples', `${name}.js`),
        `127.0.0.1:${at}`,
        ...args,
      ],
      env: { NODE_OPTIONS: '' },
      logFile: path.join(folder, `${name}-${at}.log`),
    })
    // Some go on watching what they have shown.
    await script.waitForOutput(/\n[^\n]+\n$/, scriptMs)
    await script.crash()
    return linesOf(script.output)
  }
  for (const [name = '', ...args] of nodeScripts) {
    await report.check(`node-zookeeper-client: ${name} ${args.join(' ')}`, async () => {
      const [apaches, ours] = await Promise.all([run(name, apachePort, args), run(name, port, args)])
      assert.deepEqual(ours, apaches)
      assert.ok(ours.length > 1)
    })
  }
}

/** Apache's server first, then the one that is judged. */
type Shells = readonly [apaches: ScriptedShell, judged: ScriptedShell]

async function sameAnswer(report: Report, who: string, shells: Shells, command: string): Promise<void> {
  await report.check(`${who}: ${command}`, async () => {
    const [apaches = '', ours = ''] = await Promise.all(shells.map((one) => one.say(command)))
    assert.deepEqual(linesOf(ours), linesOf(apaches))
  })
}

/** Shells print events by a thread of their own, so that only their own order counts. */
async function sameEvents(report: Report, who: string, shells: Shells): Promise<void> {
  await report.check(`${who}: the same events of watches in the same order`, () => {
    const [apaches = [], ours = []] = shells.map(({ everything }) =>
      equalised(everything)
        .split('\n')
        .filter((line) => eventLine.test(line)),
    )
    assert.deepEqual(ours, apaches)
    assert.ok(ours.length > 1)
  })
}

const eventLine = /^(WatchedEvent|Watcher) /

/** What differs between any two runs, made equal. Transaction ids are the same: both servers are new and told the same. */
const volatile: readonly (readonly [pattern: RegExp, instead: string])[] = [
  [/\w{3} \w{3} +\d+ \d+:\d+:\d+ (\w+ )?\d{4}/g, 'DATE'],
  [/127\.0\.0\.1:\d+/g, 'SERVER'],
  [/^(ephemeralOwner = )0x(?!0$)\S+$/gm, '$1SESSION'],
  [/^(\tephemeralOwner = )(?!0$)\S+$/gm, '$1SESSION'],
  [/session id\W+(0x)?[0-9a-f]+/gi, 'SESSION'],
  [/^time = \d+ msec$/gm, 'TIME'],
  [/^\d{4}-\d\d-\d\d.*ZOO_INFO.*$/gm, ''],
  [/Statistics? \{.*\}/g, 'STATISTICS'],
]

function equalised(text: string): string {
  return volatile.reduce((result, [pattern, instead]) => result.replaceAll(pattern, instead), text)
}

/** The lines of an answer without events, sorted, and so is what stands in brackets: servers give lists in no order. */
function linesOf(text: string): string[] {
  const compare = (a: string, b: string): number => (a < b ? -1 : 1)
  return equalised(text)
    .split('\n')
    .filter((line) => line.trim() !== '' && line !== 'WATCHER::' && !eventLine.test(line))
    .map((line) =>
      line.replaceAll(/\[[^[\]]+\]/g, (list) => `[${list.slice(1, -1).split(/, ?/).sort(compare).join(', ')}]`),
    )
    .sort(compare)
}
