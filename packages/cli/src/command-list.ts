import type { Command } from 'commander'
import type { CommandContext } from './command-context.ts'

/** Adds its options, subcommands and action to the command that bears its name. */
export type DefineCommand = (command: Command, context: CommandContext) => void

interface CommandEntry {
  readonly name: string
  readonly description: string
  /** Loaded only when the command is asked for: a start of a broker loads no client. */
  readonly load: () => Promise<DefineCommand>
  /** Meets no error of Kafka's client, and does without the client, which knows them. */
  readonly hasNoClient?: true
  /** Not in the help. */
  readonly isHidden?: true
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
    hasNoClient: true,
  },
  {
    name: 'topic',
    description: 'topics: list, describe, create, alter, delete, offsets, trim',
    load: async () => (await import('./commands/topic/topic.ts')).defineTopic,
  },
  {
    name: 'produce',
    description: 'records from the input to a topic',
    load: async () => (await import('./commands/produce.ts')).defineProduce,
  },
  {
    name: 'consume',
    description: 'print the records of topics',
    load: async () => (await import('./commands/consume/consume.ts')).defineConsume,
  },
  {
    name: 'group',
    description: 'groups of consumers: list, describe, lag, reset, delete',
    load: async () => (await import('./commands/group/group.ts')).defineGroup,
  },
  {
    name: 'share-group',
    description: 'share groups: list, describe, offsets, reset, forget, delete',
    load: async () => (await import('./commands/share-group/share-group.ts')).defineShareGroup,
  },
  {
    name: 'transaction',
    description: 'transactions: list, describe, terminate, find-hanging, abort',
    load: async () => (await import('./commands/transaction/transaction.ts')).defineTransaction,
  },
  {
    name: 'config',
    description: 'configuration of topics, brokers, groups: get, set',
    load: async () => (await import('./commands/config.ts')).defineConfig,
  },
  {
    name: 'acl',
    description: 'access rules, who may do what: list, create, delete',
    load: async () => (await import('./commands/acl/acl.ts')).defineAcl,
  },
  {
    name: 'quota',
    description: 'how much clients may take: list, set, delete',
    load: async () => (await import('./commands/quota/quota.ts')).defineQuota,
  },
  {
    name: 'user',
    description: 'users with passwords (SCRAM): list, create, alter, delete',
    load: async () => (await import('./commands/user/user.ts')).defineUser,
  },
  {
    name: 'reassign',
    description: 'move partitions between brokers: plan, execute, verify, list, cancel',
    load: async () => (await import('./commands/reassign/reassign.ts')).defineReassign,
  },
  {
    name: 'cluster',
    description: 'brokers, features and log directories of a cluster',
    load: async () => (await import('./commands/cluster.ts')).defineCluster,
  },
  {
    name: 'apply',
    description: 'make topics, configuration, users, quotas and access rules what a file says',
    load: async () => (await import('./commands/apply/apply.ts')).defineApply,
  },
  {
    name: 'bench',
    description: 'how fast a cluster is for one client: produce, consume, latency, all',
    load: async () => (await import('./commands/bench/bench.ts')).defineBench,
  },
  {
    name: 'log',
    description: 'what is in the files of brokers: dump',
    load: async () => (await import('./commands/log/log.ts')).defineLog,
  },
  {
    name: 'doctor',
    description: 'what is wrong with a configuration file, a data directory, a running broker',
    load: async () => (await import('./commands/doctor.ts')).defineDoctor,
  },
  {
    name: 'context',
    description: 'clusters by name, so that they need not be typed',
    load: async () => (await import('./commands/context.ts')).defineContext,
  },
  {
    name: 'zk',
    description: 'a shell for ZooKeeper: one command, or a prompt (odradek zk help lists the commands)',
    load: async () => (await import('./commands/zk/define-zk.ts')).defineZk,
  },
  {
    name: 'completion',
    description: 'for bash, zsh and fish: commands, options, topics, groups',
    load: async () => (await import('./commands/completion/completion.ts')).defineCompletion,
  },
  {
    name: 'complete',
    description: 'what a word may become; for the scripts of completion',
    load: async () => (await import('./commands/completion/completion.ts')).defineComplete,
    isHidden: true,
  },
]

/** Whether this is a command that never loads Kafka's client, not even to explain an error. */
export function hasNoClient(name: string | undefined): boolean {
  return commandList.some((command) => command.name === name && command.hasNoClient === true)
}
