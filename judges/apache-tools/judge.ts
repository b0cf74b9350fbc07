// Kafka's command line tools of 3.9.1 and 4.3.1: what they print against our broker is what they print against Apache Kafka 3.9.1.
import assert from 'node:assert/strict'
import { mkdirSync, rmSync } from 'node:fs'
import path from 'node:path'
import { debianPackage } from '../lib/debian-package.ts'
import { Daemon } from '../lib/daemon.ts'
import { temporaryFolder } from '../lib/folders.ts'
import type { JudgeContext } from '../lib/judge.ts'
import { pause } from '../lib/poll-until.ts'
import { startTarget } from '../lib/target.ts'
import type { Target } from '../lib/target.ts'
import { differenceOf } from './known-differences.ts'
import { normalised } from './normalise.ts'
import { writeStepFiles } from './step-files.ts'
import type { Step } from './steps.ts'
import { allSteps, mainClasses } from './steps.ts'
import type { ToolOutput } from './tool-host.ts'
import { ToolHost } from './tool-host.ts'

const versions = ['3.9.1', '4.3.1'] as const
type Version = (typeof versions)[number]

/** How long a tool may take; none of them needs a tenth of it. */
const patienceSeconds = 90

/** Steps that change nothing. */
const reads = /--describe|--list/

/** One broker, with the tools of one version. */
interface Side {
  readonly target: Target
  readonly host: ToolHost
  readonly folder: string
}

export async function judge({ report, target: kind }: JudgeContext): Promise<void> {
  await debianPackage('kcat', 'kcat')
  const folder = temporaryFolder('apache-tools')
  for (const version of versions) {
    const targets = await Promise.all([startTarget(kind), startTarget('apache')])
    const sides: Side[] = []
    const members: Daemon[] = []
    try {
      for (const [index, target] of targets.entries()) {
        const host = await ToolHost.start(`kafka-${version}`)
        sides.push({ target, host, folder: path.join(folder, `${version}-${index}`) })
      }
      for (const step of allSteps) {
        if (step.only !== undefined && step.only !== version) continue
        if (members.length === 0 && step.tool === 'consumer-groups') members.push(...(await liveMembers(sides)))
        if (classOf(step, version) !== '') await judgeStep(report, version, step, sides)
      }
    } finally {
      for (const member of members) await member.crash()
      for (const { host } of sides) host.close()
      for (const target of targets) {
        await target.stop()
        target.remove()
      }
    }
  }
  rmSync(folder, { recursive: true, force: true })
}

/** A member of the group `live` on each side, by kcat. */
async function liveMembers(sides: readonly Side[]): Promise<Daemon[]> {
  const members = sides.map(({ target, folder }) =>
    Daemon.start({
      name: 'kcat',
      command: 'kcat',
      args: [
        '-u',
        '-b',
        target.bootstrap,
        '-X',
        'client.id=member',
        '-X',
        'auto.offset.reset=earliest',
        '-G',
        'live',
        'one',
      ],
      logFile: path.join(folder, 'kcat.log'),
    }),
  )
  for (const member of members) await member.waitForOutput(/value 19/, 30_000)
  // Its first commit by itself comes after five seconds.
  await pause(6000)
  return members
}

function classOf({ tool }: Step, version: Version): string {
  const [older, newer] = mainClasses[tool] ?? ['']
  return version === '3.9.1' ? older : (newer ?? older)
}

async function judgeStep(
  report: JudgeContext['report'],
  version: Version,
  step: Step,
  sides: readonly Side[],
): Promise<void> {
  const title = `${version} ${step.tool} ${step.args.replace('--bootstrap-server {bootstrap} ', '')}`
  let [ours, apaches] = await shownBy(sides, version, step)
  if (ours !== apaches && reads.test(step.args)) {
    // Either broker may still have been at what the step before has changed.
    await pause(1500)
    ;[ours, apaches] = await shownBy(sides, version, step)
  }
  const reason = ours === apaches ? undefined : differenceOf(step, ours, apaches)
  if (reason !== undefined) report.note(`differs: ${title} (${reason})`)
  else await report.check(title, () => assert.ok(ours === apaches, `ours:\n${ours}\nApache's:\n${apaches}`))
}

async function shownBy(sides: readonly Side[], version: Version, step: Step): Promise<[string, string]> {
  const outputs = await Promise.all(sides.map((side) => run(side, version, step)))
  const [ours = '', apaches = ''] = outputs.map((output) => shown(output, step))
  return [ours, apaches]
}

function run({ target, host, folder }: Side, version: Version, step: Step): Promise<ToolOutput> {
  mkdirSync(folder, { recursive: true })
  writeStepFiles(step, folder, target.logDir)
  const words = step.args
    .replaceAll('{bootstrap}', target.bootstrap)
    .replaceAll('{logDir}', target.logDir)
    .replaceAll('{folder}', folder)
    .replaceAll('{acls}', String(target.kind === 'apache'))
    .split(' ')
  return host.run(classOf(step, version), words, step.input ?? '', step.endlessSeconds ?? patienceSeconds)
}

function shown({ code, stdout, stderr }: ToolOutput, step: Step): string {
  return `exit code ${code}\n${normalised(stdout, step)}\nstandard error:\n${normalised(stderr, step)}`
}
