// Kafka's tools as `odradek kafka-…`: the same steps, the same output and exit code as Kafka 3.9.1's own, each against a broker of ours.
import assert from 'node:assert/strict'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { normalised } from '../apache-tools/normalise.ts'
import type { Step } from '../apache-tools/steps.ts'
import { allSteps, mainClasses } from '../apache-tools/steps.ts'
import { ToolHost } from '../apache-tools/tool-host.ts'
import type { ToolOutput } from '../apache-tools/tool-host.ts'
import { root, temporaryFolder } from '../lib/folders.ts'
import type { JudgeContext } from '../lib/judge.ts'
import { runCommand } from '../lib/run-command.ts'
import { startTarget } from '../lib/target.ts'
import type { Target } from '../lib/target.ts'

/** How long a tool may take; none of them needs a tenth of it. */
const patienceSeconds = 90

/** The tools that are ours: `odradek kafka-NAME` for the name of a step's tool. */
const ours: ReadonlySet<string> = new Set([
  'topics',
  'consumer-groups',
  'get-offsets',
  'delete-records',
  'leader-election',
  'log-dirs',
  'cluster',
])

/**
 * Where what happens is another, and why: Kafka's tool reads configurations before it asks the broker, and waits a minute for topics that do
 * not exist.
 */
const differences: readonly RegExp[] = [
  /--create --topic none --config/,
  /bad\.(json|csv)/,
  /--delete-offsets --group three-readers --topic missing/,
  /--delete --group new-execute/,
]

/** What the steps of ours need to have happened before. */
const isPreparation = ({ tool, args }: Step): boolean =>
  tool === 'console-producer' ||
  tool === 'verifiable-producer' ||
  (tool === 'console-consumer' && args.includes('--group'))

/** One of the modes of resets says as much as all: their steps are many. */
const judgedSteps = allSteps.filter(
  (step) =>
    step.only !== '4.3.1' &&
    (ours.has(step.tool) || isPreparation(step)) &&
    !differences.some((args) => args.test(step.args)) &&
    !(step.args.includes('--reset-offsets') && step.args.endsWith('--execute')),
)

export async function judge({ report }: JudgeContext): Promise<void> {
  const folder = temporaryFolder('kafka-commands')
  const targets = await Promise.all([startTarget('odradek'), startTarget('odradek')])
  const host = await ToolHost.start('kafka-3.9.1')
  const runApaches = (step: Step, target: Target, place: string): Promise<ToolOutput> =>
    host.run(
      mainClasses[step.tool]?.[0] ?? '',
      words(step, target, place),
      step.input ?? '',
      step.endlessSeconds ?? patienceSeconds,
    )
  try {
    for (const step of judgedSteps) {
      const places = targets.map((_target, index) => path.join(folder, String(index)))
      for (const place of places) {
        mkdirSync(place, { recursive: true })
        for (const [name, content] of Object.entries(step.files ?? {})) writeFileSync(path.join(place, name), content)
      }
      const [first, second] = targets as [Target, Target]
      const [firstPlace = '', secondPlace = ''] = places
      const apaches = await runApaches(step, first, firstPlace)
      if (!ours.has(step.tool)) {
        await runApaches(step, second, secondPlace)
        continue
      }
      const own = await runOurs(step, second, secondPlace)
      const title = `${step.tool} ${step.args.replace('--bootstrap-server {bootstrap} ', '')}`
      await report.check(title, () => assert.equal(shown(own, step), shown(apaches, step)))
    }
  } finally {
    host.close()
    for (const target of targets) {
      await target.stop()
      target.remove()
    }
    rmSync(folder, { recursive: true, force: true })
  }
}

function words(step: Step, target: Target, place: string): string[] {
  return step.args
    .replaceAll('{bootstrap}', target.bootstrap)
    .replaceAll('{logDir}', target.logDir)
    .replaceAll('{folder}', place)
    .split(' ')
}

async function runOurs(step: Step, target: Target, place: string): Promise<ToolOutput> {
  const command = path.join(root, 'packages', 'cli', 'bin', 'odradek.js')
  const args = ['--conditions=source', command, `kafka-${step.tool}`, ...words(step, target, place)]
  const { status, stdout, stderr } = await runCommand(process.execPath, args, { timeoutMs: patienceSeconds * 1000 })
  return { code: String(status), stdout, stderr }
}

/**
 * Neither the order of lines nor blank ones mean anything: Kafka's tools print topics, and what JSON lists, in the order of a hash, and 3.9.1's
 * forgets line ends between offsets. What an exception says is each one's own.
 */
function shown({ code, stdout }: ToolOutput, step: Step): string {
  const text = stdout
    .replaceAll(/(\S+Exception: |: :)[^\n]*/g, '…')
    .replaceAll(/"size":\d+/g, '"size":N')
    .replaceAll(/Configs: (\S+)/g, (_all, configs: string) => `Configs: ${configs.split(',').sort().join(',')}`)
    .replaceAll(/\{"partition":[^}]*\}(,\{"partition":[^}]*\})*/g, (list) =>
      list
        .split(/(?<=\}),/)
        .sort()
        .join(','),
    )
  const isUnordered = step.tool === 'consumer-groups' ? 'words' : (step.isUnordered ?? 'lines')
  const lines = normalised(text, { ...step, isUnordered }).split('\n')
  return `exit code ${code}\n${lines.filter((line) => line !== '').join('\n')}`
}
