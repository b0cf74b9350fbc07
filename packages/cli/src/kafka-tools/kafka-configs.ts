import { alterConfigs } from './configs/alter.ts'
import { describeConfigs } from './configs/describe.ts'
import { checkArguments, parseTarget } from './configs/entity.ts'
import { configsThroughZooKeeper } from './configs/through-zookeeper.ts'
import { executionError } from './java-error.ts'
import { commandConfig } from './kafka-tool.ts'
import type { KafkaTool } from './kafka-tool.ts'

/** kafka-configs */
export const kafkaConfigs: KafkaTool = {
  options: [
    { name: 'bootstrap-server', value: 'host:port,...', description: 'brokers of the cluster' },
    { name: 'bootstrap-controller', value: 'host:port,...', description: 'controllers of the cluster' },
    commandConfig,
    {
      name: 'zookeeper',
      value: 'host:port,...',
      description: 'servers of ZooKeeper: for SCRAM credentials, and for brokers that are down',
    },
    { name: 'zk-tls-config-file', value: 'file', description: 'taken, and not needed' },
    { name: 'alter', description: 'change what is set' },
    { name: 'describe', description: 'print what is set' },
    { name: 'all', description: 'defaults too' },
    {
      name: 'entity-type',
      value: 'type',
      description: 'topics, clients, users, brokers, broker-loggers, ips, client-metrics or groups',
    },
    { name: 'entity-name', value: 'name', description: 'of the entity type before it' },
    { name: 'entity-default', description: 'the default of the entity type before it' },
    { name: 'add-config', value: 'k=v,k=[a,b]', description: 'keys to set; brackets around values with commas' },
    { name: 'add-config-file', value: 'file', description: 'a .properties file of keys to set' },
    { name: 'delete-config', value: 'k,k', description: 'keys to unset' },
    { name: 'force', description: 'taken, and not needed' },
    { name: 'topic', value: 'name', description: 'a topic' },
    { name: 'client', value: 'id', description: 'a client id' },
    { name: 'client-defaults', description: 'the default of all clients' },
    { name: 'user', value: 'name', description: 'a user' },
    { name: 'user-defaults', description: 'the default of all users' },
    { name: 'broker', value: 'id', description: 'a broker' },
    { name: 'broker-defaults', description: 'what all brokers share' },
    { name: 'broker-logger', value: 'id', description: 'the loggers of a broker' },
    { name: 'ip', value: 'address', description: 'an address' },
    { name: 'ip-defaults', description: 'the default of all addresses' },
    { name: 'client-metrics', value: 'name', description: 'a subscription to metrics of clients' },
    { name: 'group', value: 'id', description: 'a group' },
  ],
  async run(given, tool) {
    checkArguments(given)
    const target = parseTarget(given)
    const zookeeper = given.value('zookeeper')
    if (zookeeper !== undefined) {
      await tool.print(
        'Warning: --zookeeper is deprecated and will be removed in a future version of Kafka.',
        'Use --bootstrap-server instead to specify a broker to connect to.',
      )
      return configsThroughZooKeeper(zookeeper, target, given, tool)
    }
    await tool.admin((admin) =>
      given.has('alter')
        ? alterConfigs(admin, target, given, tool)
        : describeConfigs(admin, target, given.has('all'), tool),
    )
    return 0
  },
  failed(error, tool) {
    tool.printError(`Error while executing config command with args '${tool.args.join(' ')}'\n${executionError(error)}`)
    return Promise.resolve(1)
  },
}
