import { Command, CommanderError } from 'commander'
import { OdradekError } from '@odradek/base'

/** Exit codes of the command: what it was asked for could not be done, or it was asked wrongly. */
const exitFailure = 1
const exitUsage = 2

/** The `odradek` command. Takes the arguments after the command's name and returns the exit code. */
export async function main(args: readonly string[]): Promise<number> {
  const program = new Command('odradek')
    .description('The whole Kafka platform as one program')
    .exitOverride()
    .showHelpAfterError('(odradek --help lists what there is)')

  program
    .command('up')
    .description('run a ZooKeeper-protocol server and a Kafka-protocol broker in one process')
    .option('--profile <name>', 'local or production', 'local')
    .option('--config <directory>', "a directory with server.properties and zoo.cfg, instead of a profile's")
    .option('--data <directory>', 'where data is kept', './data')
    .option('--host <address>', "address to bind, instead of the profile's")
    .option('--port <number>', "Kafka port, 0 for any free one, instead of the profile's")
    .option('--zookeeper-port <number>', "ZooKeeper port, 0 for any free one, instead of the profile's")
    .option('--http-port <number>', 'port of /metrics and /health, 0 for any free one', '9644')
    .option('--log-level <level>', 'debug, info, warn or error', 'warn')
    .action(async (options) => {
      const { up } = await import('./commands/up.ts')
      await up(options)
    })
  program
    .command('broker')
    .description("run one Kafka-protocol broker with Kafka's own configuration file")
    .requiredOption('--config <file>', 'server.properties')
    .option('--override <key=value...>', 'set a key, instead of what the file says')
    .option('--http-port <number>', 'serve /metrics and /health on this port')
    .option('--log-level <level>', 'debug, info, warn or error', 'info')
    .action(async (options) => {
      const { broker } = await import('./commands/broker.ts')
      await broker(options)
    })
  program
    .command('zookeeper')
    .description("run one ZooKeeper-protocol server with ZooKeeper's own configuration file")
    .requiredOption('--config <file>', 'zoo.cfg')
    .option('--http-port <number>', 'serve /metrics and /health on this port')
    .option('--log-level <level>', 'debug, info, warn or error', 'info')
    .action(async (options) => {
      const { zookeeper } = await import('./commands/zookeeper.ts')
      await zookeeper(options)
    })

  try {
    await program.parseAsync(args, { from: 'user' })
    return 0
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : exitUsage
    if (!(error instanceof OdradekError)) throw error
    process.stderr.write(`odradek: ${error.message}\n`)
    return exitFailure
  }
}
