import type { Command } from 'commander'
import type { CommandContext } from './command-context.ts'

/** Adds its options, subcommands and action to the command that bears its name. */
export type DefineCommand = (command: Command, context: CommandContext) => void

interface CommandEntry {
  readonly name: string
  readonly description: string
  /** Loaded only when the command is asked for: a start of a broker loads no client. */
  readonly load: () => Promise<DefineCommand>
}

/** All commands, in the order of the help. */
export const commandList: readonly CommandEntry[] = [
  {
    name: 'up',
    description: 'run a ZooKeeper-protocol server and a Kafka-protocol broker in one process',
    load: async () => (await import('./commands/up.ts')).defineUp,
  },
  {
    name: 'broker',
    description: "run one Kafka-protocol broker with Kafka's own configuration file",
    load: async () => (await import('./commands/broker.ts')).defineBroker,
  },
  {
    name: 'zookeeper',
    description: "run one ZooKeeper-protocol server with ZooKeeper's own configuration file",
    load: async () => (await import('./commands/zookeeper.ts')).defineZooKeeper,
  },
]
