import type { Command } from 'commander'
import { CliError } from '../cli-error.ts'
import type { CommandContext } from '../command-context.ts'
import { clientProperties } from '../context/client-properties.ts'
import { printRows, withAdmin, withClusterOptions } from '../context/connection.ts'
import type { ClusterOptions } from '../context/connection.ts'
import { checkCluster } from '../doctor/check-cluster.ts'
import { checkConfigFile } from '../doctor/check-config-file.ts'
import { checkDataDirectory } from '../doctor/check-data-directory.ts'
import { checkMachine } from '../doctor/check-machine.ts'
import { checkZooKeeper } from '../doctor/check-zookeeper.ts'
import type { Finding } from '../doctor/finding.ts'

interface DoctorOptions extends ClusterOptions {
  readonly config?: string
  readonly data?: readonly string[]
  readonly scan?: true
  readonly zookeeper?: string
  readonly live?: true
}

/** How long a cluster may take to answer, unless -X says otherwise. */
const patienceMs = 10_000

/** `odradek doctor`: the exit code is 1 when there is a problem. */
export function defineDoctor(command: Command, context: CommandContext): void {
  withClusterOptions(command)
    .option('--config <file>', 'a server.properties, and the log directories that it names')
    .option('--data <directory...>', 'log directories')
    .option('--scan', 'read every batch of the log directories and check its CRC')
    .option('--live', 'with --config: also its ZooKeeper, and the broker at its listeners')
    .option('--zookeeper <host:port,...>', 'a ZooKeeper')
    .addHelpText('after', '\nWhat is looked at is what is named. With -b (or --context) that is a running cluster.')
    .action(async (options: DoctorOptions) => {
      const findings = await examine(options, context)
      await printRows(
        context,
        options,
        findings.map(({ status, what, finding }) => ({ status, what, finding })),
      )
      const problems = findings.filter(({ status }) => status === 'problem').length
      if (problems > 0) throw new CliError('PROBLEMS_FOUND', `${problems} of ${findings.length} findings are problems`)
    })
}

async function examine(options: DoctorOptions, context: CommandContext): Promise<Finding[]> {
  const env = await context.createEnv('error')
  const findings: Finding[] = []
  const directories = new Set(options.data ?? [])
  let { zookeeper } = options
  let bootstrap = options.brokers
  let brokerId: number | undefined
  if (options.config !== undefined) {
    const checked = checkConfigFile(env, options.config)
    findings.push(...checked.findings)
    for (const directory of checked.config?.logDirs ?? []) directories.add(directory)
    brokerId = checked.config?.brokerId
    if (options.live === true && checked.config !== undefined) {
      zookeeper ??= checked.config.zookeeperConnect
      const [first] = checked.config.advertisedListeners
      bootstrap ??=
        first === undefined ? undefined : `${first.host === '' ? env.network.hostname() : first.host}:${first.port}`
    }
  }
  for (const directory of directories) {
    findings.push(...(await checkDataDirectory(env, directory, { scan: options.scan === true, brokerId })))
  }
  if (directories.size > 0) findings.push(...checkMachine(env))
  if (zookeeper !== undefined) findings.push(...(await checkZooKeeper(env, zookeeper)))
  if (bootstrap !== undefined || options.context !== undefined) {
    const connection = {
      ...options,
      property: [
        `default.api.timeout.ms=${patienceMs}`,
        `request.timeout.ms=${patienceMs}`,
        ...(options.property ?? []),
      ],
      ...(bootstrap === undefined ? {} : { brokers: bootstrap }),
    }
    const named = clientProperties(env, connection, context.environment)['bootstrap.servers']
    findings.push(...(await withAdmin(context, connection, (admin) => checkCluster(env, admin, String(named)))))
  }
  if (findings.length === 0) {
    throw new CliError('INVALID_OPTION', 'nothing to look at: give --config, --data, --zookeeper, -b or --context')
  }
  return findings
}
