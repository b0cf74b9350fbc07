import { ClientError } from '@odradek/client'
import { CliError } from '../cli-error.ts'
import { bootstrapServer, commandConfig } from './kafka-tool.ts'
import type { KafkaTool } from './kafka-tool.ts'

/** kafka-cluster: cluster-id and unregister */
export const kafkaCluster: KafkaTool = {
  options: [
    bootstrapServer,
    { name: 'config', value: 'file', description: 'a .properties file with client properties' },
    commandConfig,
    { name: 'id', value: 'number', description: 'the broker to unregister' },
  ],
  run(given, tool) {
    const [action = ''] = given.rest
    return tool.admin(async (admin) => {
      if (action === 'cluster-id') {
        const { clusterId } = await admin.describeCluster()
        await tool.print(`Cluster ID: ${clusterId}`)
        return 0
      }
      if (action === 'unregister') {
        const id = Number(given.value('id'))
        try {
          await admin.unregisterBroker(id)
          await tool.print(`Broker ${id} is no longer registered.`)
        } catch (error) {
          if (!(error instanceof ClientError) || error.code !== 'UNSUPPORTED_VERSION') throw error
          await tool.print('The target cluster does not support the broker unregistration API.')
        }
        return 0
      }
      throw new CliError('INVALID_OPTION', `cluster-id or unregister, not "${action}"`)
    })
  },
}
