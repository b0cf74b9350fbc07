import { BatchError } from '@odradek/client'
import type { Admin, FeatureUpdate } from '@odradek/client'
import { commandConfig } from './kafka-tool.ts'
import type { KafkaTool, ToolRun } from './kafka-tool.ts'
import { ToolError } from './tool-error.ts'
import type { ToolArguments } from './tool-options.ts'

const metadataVersion = 'metadata.version'
/** The names of Kafka's metadata versions, from level 1 on: how many of each release. */
const releases: readonly (readonly [release: string, first: number, count: number])[] = [
  ['3.0', 1, 1],
  ['3.1', 0, 1],
  ['3.2', 0, 1],
  ['3.3', 0, 4],
  ['3.4', 0, 1],
  ['3.5', 0, 3],
  ['3.6', 0, 3],
  ['3.7', 0, 5],
  ['3.8', 0, 1],
  ['3.9', 0, 1],
  ['4.0', 0, 4],
  ['4.1', 0, 2],
  ['4.2', 0, 2],
  ['4.3', 0, 1],
]
const levelNames = releases.flatMap(([release, first, count]) =>
  Array.from({ length: count }, (_, index) => `${release}-IV${first + index}`),
)

/** kafka-features: describe, upgrade, downgrade, disable */
export const kafkaFeatures: KafkaTool = {
  options: [
    { name: 'bootstrap-server', value: 'host:port,...', description: 'brokers of the cluster' },
    { name: 'bootstrap-controller', value: 'host:port,...', description: 'refused: name the brokers' },
    commandConfig,
    { name: 'metadata', value: 'version', description: 'the metadata version to go to, such as 3.9-IV0' },
    { name: 'release-version', value: 'version', description: 'as --metadata' },
    { name: 'feature', value: 'feature=level', description: 'a feature and its level; to disable, just the feature' },
    { name: 'unsafe', description: 'although metadata may be lost' },
    { name: 'dry-run', description: 'only say whether it could be done' },
  ],
  async run(given, tool) {
    const [command, ...others] = given.rest
    if (given.has('bootstrap-controller') || !given.has('bootstrap-server'))
      throw new ToolError('REFUSED', 'You must specify --bootstrap-server.')
    if (
      command === undefined ||
      others.length > 0 ||
      !['describe', 'upgrade', 'downgrade', 'disable'].includes(command)
    ) {
      throw new ToolError(
        'USAGE',
        "kafka-features: error: argument COMMAND: choose from 'describe', 'upgrade', 'downgrade', 'disable'",
      )
    }
    return tool.admin((admin) =>
      command === 'describe' ? describe(admin, tool) : update(admin, command, updatesOf(command, given), given, tool),
    )
  },
  failed(error, tool) {
    tool.printError(error.message)
    return Promise.resolve(1)
  },
}

async function describe(admin: Admin, tool: ToolRun): Promise<number> {
  const { supported, finalized, finalizedEpoch } = await admin.describeFeatures()
  for (const [feature, range] of [...supported].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const [least, most, level] = [range.minVersion, range.maxVersion, finalized.get(feature)?.maxVersion ?? 0].map(
      (number) => levelText(feature, number),
    )
    await tool.print(
      `Feature: ${feature}\tSupportedMinVersion: ${least}\tSupportedMaxVersion: ${most}\tFinalizedVersionLevel: ${level}\tEpoch: ${finalizedEpoch ?? '-'}`,
    )
  }
  return 0
}

function levelText(feature: string, level: number): string {
  if (feature !== metadataVersion) return String(level)
  return levelNames[level - 1] ?? `UNKNOWN ${level}`
}

function updatesOf(command: string, given: ToolArguments): Record<string, FeatureUpdate> {
  const upgradeType = command === 'upgrade' ? 'upgrade' : given.has('unsafe') ? 'unsafeDowngrade' : 'safeDowngrade'
  const updates: Record<string, FeatureUpdate> = {}
  const add = (feature: string, maxVersionLevel: number): void => {
    if (Object.hasOwn(updates, feature))
      throw new ToolError('REFUSED', `Feature ${feature} was specified more than once.`)
    updates[feature] = { maxVersionLevel, upgradeType }
  }
  const metadata = given.value('metadata') ?? given.value('release-version')
  if (metadata !== undefined && command !== 'disable') {
    // A release without a number means its last.
    const level = levelNames.findLastIndex((name) => name === metadata || name.startsWith(`${metadata}-`)) + 1
    if (level === 0) {
      throw new ToolError(
        'REFUSED',
        `Unsupported metadata.version ${metadata}. Supported metadata.version are ${levelNames.join(', ')}`,
      )
    }
    add(metadataVersion, level)
  }
  for (const text of given.values('feature')) {
    if (command === 'disable') {
      add(text, 0)
      continue
    }
    const at = text.indexOf('=')
    if (at < 0) throw new ToolError('REFUSED', `Can't parse feature=level string ${text}: equals sign not found.`)
    const level = text.slice(at + 1).trim()
    if (!/^-?\d{1,5}$/.test(level))
      throw new ToolError('REFUSED', `Can't parse feature=level string ${text}: unable to parse ${level} as a short.`)
    add(text.slice(0, at).trim(), Number(level))
  }
  if (Object.keys(updates).length === 0)
    throw new ToolError('REFUSED', `You must specify at least one feature to ${command}`)
  return updates
}

async function update(
  admin: Admin,
  command: string,
  updates: Readonly<Record<string, FeatureUpdate>>,
  given: ToolArguments,
  tool: ToolRun,
): Promise<number> {
  const isDry = given.has('dry-run')
  const features = Object.keys(updates).sort()
  const errors = await admin.updateFeatures(updates, { validateOnly: isDry }).then(
    () => new Map<string, Error>(),
    (error: Error) =>
      error instanceof BatchError ? error.errors : new Map(features.map((feature) => [feature, error])),
  )
  for (const feature of features) {
    const level = updates[feature]?.maxVersionLevel
    const error = errors.get(feature)
    const what = command === 'disable' ? `disable ${feature}` : `${command} ${feature} to ${level}`
    const done = command === 'disable' ? 'disabled.' : `${command}d to ${level}.`
    await tool.print(
      error === undefined
        ? `${feature}${isDry ? ' can be ' : ' was '}${done}`
        : `${isDry ? 'Can not ' : 'Could not '}${what}. ${error.message}`,
    )
  }
  if (errors.size === 0) return 0
  tool.printError(`${errors.size} out of ${features.length} operation(s) failed.`)
  return 1
}
