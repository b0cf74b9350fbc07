import type { Command } from 'commander'
import type { CommandContext } from '../command-context.ts'
import { printRows, withAdmin, withClusterOptions } from '../context/connection.ts'
import type { ClusterOptions } from '../context/connection.ts'

/** `odradek cluster …` */
export function defineCluster(command: Command, context: CommandContext): void {
  const add = (usage: string, description: string): Command =>
    withClusterOptions(command.command(usage).description(description))
  add('brokers', 'the brokers that are alive').action(async (options: ClusterOptions) => {
    const rows = await withAdmin(context, options, async (admin) => {
      const { brokers, controllerId } = await admin.describeCluster()
      return brokers.map(({ id, host, port, rack }) => ({ id, host, port, rack, controller: id === controllerId }))
    })
    await printRows(context, options, rows)
  })
  add('id', "the cluster's id").action(async (options: ClusterOptions) => {
    const { clusterId } = await withAdmin(context, options, (admin) => admin.describeCluster())
    await printRows(context, options, [{ clusterId }])
  })
  add('log-dirs', 'log directories of the brokers, with what is in them').action(async (options: ClusterOptions) => {
    const rows = await withAdmin(context, options, async (admin) => {
      const { brokers } = await admin.describeCluster()
      const dirs = await admin.describeLogDirs(brokers.map(({ id }) => id))
      return [...dirs].flatMap(([broker, ofBroker]) =>
        ofBroker.map(({ path, error, replicas, totalBytes, usableBytes }) => ({
          broker,
          path,
          replicas: replicas.length,
          sizeBytes: replicas.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
          usableBytes: usableBytes ?? null,
          totalBytes: totalBytes ?? null,
          error: error?.code ?? null,
        })),
      )
    })
    await printRows(context, options, rows)
  })
  add('features', 'what brokers support, and what the cluster has finalized').action(
    async (options: ClusterOptions) => {
      const rows = await withAdmin(context, options, async (admin) => {
        const { supported, finalized } = await admin.describeFeatures()
        return [...supported].map(([feature, { minVersion, maxVersion }]) => ({
          feature,
          minVersion,
          maxVersion,
          finalized: finalized.get(feature)?.maxVersion ?? null,
        }))
      })
      await printRows(context, options, rows, ['feature', 'minVersion', 'maxVersion', 'finalized'])
    },
  )
}
