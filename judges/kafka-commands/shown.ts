import { normalised } from '../apache-tools/normalise.ts'
import type { Step } from '../apache-tools/steps.ts'
import type { ToolOutput } from '../apache-tools/tool-host.ts'

/** Tools whose standard error scripts may read; of the others it is for people. */
const saysErrors: ReadonlySet<string> = new Set([
  'configs',
  'console-producer',
  'console-consumer',
  'console-share-consumer',
  'consumer-perf',
  'dump-log',
  'acls',
  'reassign-partitions',
  'transactions',
  'client-metrics',
  'streams-reset',
])

/**
 * What is compared: exit code, standard output, and of some tools what they say on standard error. Neither the order of lines nor blank ones mean
 * anything: Kafka's tools print topics, and what JSON lists, in the order of a hash, and 3.9.1's forgets line ends between offsets. What an exception
 * says is each one's own.
 */
export function shown({ code, stdout, stderr }: ToolOutput, step: Step): string {
  const errors = saysErrors.has(step.tool) ? `\nstandard error:\n${linesOf(errorText(stderr), step)}` : ''
  return `exit code ${code}\n${linesOf(outputText(stdout, step), step)}${errors}`
}

function linesOf(text: string, step: Step): string {
  const isUnordered =
    step.tool === 'consumer-groups' || step.tool === 'configs' ? 'words' : (step.isUnordered ?? 'lines')
  const lines = normalised(text, { ...step, isUnordered }).split('\n')
  // Where Java was when it failed.
  const said = lines.filter((line) => line !== '' && line !== '…')
  // How often offsets are committed is chance.
  return said.filter((line, index) => !line.startsWith('{"key"') || line !== said[index - 1]).join('\n')
}

function outputText(stdout: string, step: Step): string {
  const text = withoutExceptions(stdout)
    .replaceAll(/"size":\d+/g, '"size":N')
    .replaceAll(/"avg_throughput":[\d.E-]+/g, '"avg_throughput":N')
    .replaceAll(/Configs: (\S+)/g, (_all, configs: string) => `Configs: ${configs.split(',').sort().join(',')}`)
    .replaceAll(/\{"partition":[^}]*\}(,\{"partition":[^}]*\})*/g, (list) =>
      list
        .split(/(?<=\}),/)
        .sort()
        .join(','),
    )
  switch (step.tool) {
    case 'verifiable-share-consumer':
      // Java has acknowledged offsets in the order of a hash.
      return text.replaceAll(
        /"offsets":\[([\d,]*)\]/g,
        (_all, offsets: string) => `"offsets":[${offsets.split(',').sort().join(',')}]`,
      )
    case 'verifiable-consumer':
      return withoutPolls(text)
    case 'broker-api-versions':
      // What a client could use of it is each client's own.
      return text.replaceAll(/ \[usable: \d+\]|^.*UNSUPPORTED.*\n|,$/gm, '').replace('ListClientMetrics', 'ListConfig')
    case 'acls':
      return text.replaceAll(/^\s+/gm, '')
    case 'features':
      // Kafka 3.9's tool has no names for later versions.
      return text.replaceAll(/Epoch: \d+/g, 'Epoch: N').replaceAll(/UNKNOWN \d+|\d\.\d-IV\d/g, 'VERSION')
    case 'streams-reset':
      return text.replaceAll(/\[(.*)\]$/gm, (_all, names: string) => `[${names.split(', ').sort().join(', ')}]`)
    case 'producer-perf':
      // Metrics of a client are Java's own.
      return text.replaceAll(/^(?!.* records sent, ).*\n/gm, '')
    case 'console-consumer':
      return text.replaceAll('}{', '}\n{').replaceAll(/"leaderEpoch":-?\d+/g, '"leaderEpoch":N')
    default:
      return text
  }
}

/** How many records a poll has brought is chance: of offsets the last counts. */
function withoutPolls(text: string): string {
  const lines = text.split('\n').filter((line) => !line.includes('"records_consumed"'))
  const last = lines.findLastIndex((line) => line.includes('"offsets_committed"'))
  return lines.filter((line, index) => index === last || !line.includes('"offsets_committed"')).join('\n')
}

/** Without the list of options, which is in each one's own words, without what goes to a log, and without where in Java's code it was. */
function errorText(stderr: string): string {
  const text = stderr.replace(/^(Option .*Description|--[\w.-]+( <| {2})|usage: )[^]*$/m, '')
  return withoutExceptions(text)
    .split('\n')
    .map((line) => line.replace(/: [^:]*(\. Enable debug logging)/, ': …$1'))
    .filter((line) => !/^(ERROR|WARN|INFO) |^\tat |^Caused by: |^\t\.\.\. /.test(line))
    .join('\n')
}

function withoutExceptions(text: string): string {
  return text.replaceAll(/(\S+Exception: |: :)[^\n]*/g, '…').replaceAll(/^(Caused by: )?…$/gm, '…')
}
