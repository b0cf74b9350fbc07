import type { Admin, DescribedQuorum, QuorumReplica } from '@odradek/client'
import { executionError } from './java-error.ts'
import { commandConfig } from './kafka-tool.ts'
import type { KafkaTool, ToolRun } from './kafka-tool.ts'
import { tabbedTable } from './print-columns.ts'
import { ToolError } from './tool-error.ts'
import type { ToolArguments } from './tool-options.ts'

const zeroUuid = 'AAAAAAAAAAAAAAAAAAAAAA'

/** kafka-metadata-quorum: describe, remove-controller. Clusters with ZooKeeper have no quorum. */
export const kafkaMetadataQuorum: KafkaTool = {
  options: [
    { name: 'bootstrap-server', value: 'host:port,...', description: 'brokers of the cluster' },
    { name: 'bootstrap-controller', value: 'host:port,...', description: 'refused: name the brokers' },
    commandConfig,
    { name: 'status', description: 'describe the quorum in short' },
    { name: 'replication', description: 'describe how far each of its members is' },
    { name: 'human-readable', description: 'times as how long ago' },
    { name: 'controller-id', value: 'id', description: 'the controller to remove' },
    { name: 'controller-directory-id', value: 'id', description: 'and the id of its directory' },
    { name: 'dry-run', description: 'only say what would be done' },
  ],
  async run(given, tool) {
    const [command = ''] = given.rest
    if (!given.has('bootstrap-server')) {
      throw new ToolError(
        'USAGE',
        'kafka-metadata-quorum: error: one of the arguments --bootstrap-server --bootstrap-controller is required',
      )
    }
    if (command === 'add-controller')
      throw new ToolError(
        'REFUSED',
        'add-controller reads the directory of a controller of Apache Kafka: use its own tool',
      )
    if (command !== 'describe' && command !== 'remove-controller')
      throw new ToolError('USAGE', `kafka-metadata-quorum: error: argument COMMAND: invalid choice: '${command}'`)
    if (command === 'describe') checkDescribe(given)
    return tool.admin(async (admin) => {
      if (command === 'remove-controller') await remove(admin, given, tool)
      else if (given.has('status')) await printStatus(admin, tool)
      else await printReplication(await admin.describeMetadataQuorum(), given.has('human-readable'), tool)
      return 0
    })
  },
  failed(error, tool) {
    const said = executionError(error)
    tool.printError(`${said.split('\n')[0]?.replace('java.util.concurrent.ExecutionException: ', '')}\n${said}`)
    return Promise.resolve(1)
  },
}

function checkDescribe(given: ToolArguments): void {
  const [isStatus, isReplication] = [given.has('status'), given.has('replication')]
  if (isStatus && isReplication)
    throw new ToolError(
      'REFUSED',
      'Only one of --status or --replication should be specified with describe sub-command',
    )
  if (!isStatus && !isReplication)
    throw new ToolError('REFUSED', 'One of --status or --replication must be specified with describe sub-command')
  if (isStatus && given.has('human-readable'))
    throw new ToolError('REFUSED', 'The option --human-readable is only supported along with --replication')
}

function leaderOf({ voters, leaderId }: DescribedQuorum): QuorumReplica {
  const leader = voters.find(({ replicaId }) => replicaId === leaderId)
  if (leader === undefined) throw new ToolError('REFUSED', `the leader ${leaderId} is none of the voters`)
  return leader
}

async function printStatus(admin: Admin, tool: ToolRun): Promise<void> {
  const { clusterId } = await admin.describeCluster()
  const quorum = await admin.describeMetadataQuorum()
  const leader = leaderOf(quorum)
  const last = quorum.voters.reduce((least, voter) =>
    Number(voter.logEndOffset) < Number(least.logEndOffset) ? voter : least,
  )
  const [leaderMs, lastMs] = [leader.lastCaughtUpTimestampMs, last.lastCaughtUpTimestampMs]
  const isKnown = leaderMs !== undefined && lastMs !== undefined
  const lagMs = last === leader ? 0 : isKnown ? Number(leaderMs) - Number(lastMs) : -1
  const members = (replicas: readonly QuorumReplica[]): string =>
    `[${replicas.map((replica) => memberText(quorum, replica)).join(', ')}]`
  await tool.print(
    `ClusterId:              ${clusterId}`,
    `LeaderId:               ${quorum.leaderId}`,
    `LeaderEpoch:            ${quorum.leaderEpoch}`,
    `HighWatermark:          ${quorum.highWatermark}`,
    `MaxFollowerLag:         ${Number(leader.logEndOffset) - Number(last.logEndOffset)}`,
    `MaxFollowerLagTimeMs:   ${lagMs}`,
    `CurrentVoters:          ${members(quorum.voters)}`,
    `CurrentObservers:       ${members(quorum.observers)}`,
  )
}

function memberText({ nodes }: DescribedQuorum, { replicaId, directoryId }: QuorumReplica): string {
  const endpoints = (nodes.get(replicaId) ?? []).map(
    ({ name, host, port }) => `"${name}://${host.includes(':') ? `[${host}]` : host}:${port}"`,
  )
  const directory = directoryId === zeroUuid ? 'null' : `"${directoryId}"`
  const list = endpoints.length === 0 ? '' : `, "endpoints": [${endpoints.join(', ')}]`
  return `{"id": ${replicaId}, "directoryId": ${directory}${list}}`
}

async function printReplication(quorum: DescribedQuorum, isHumanReadable: boolean, tool: ToolRun): Promise<void> {
  const leader = leaderOf(quorum)
  const nowMs = (await tool.env()).clock.wallMs()
  const time = (ms: bigint | number | undefined): string => {
    if (ms === undefined) return '-1'
    return isHumanReadable ? `${nowMs - Number(ms)} ms ago` : String(ms)
  }
  const row = (replica: QuorumReplica, status: string): unknown[] => [
    replica.replicaId,
    replica.directoryId,
    replica.logEndOffset,
    Number(leader.logEndOffset) - Number(replica.logEndOffset),
    time(replica.lastFetchTimestampMs),
    time(replica.lastCaughtUpTimestampMs),
    status,
  ]
  const followers = quorum.voters.filter((voter) => voter !== leader)
  const rows = [
    row(leader, 'Leader'),
    ...followers.map((replica) => row(replica, 'Follower')),
    ...quorum.observers.map((replica) => row(replica, 'Observer')),
  ]
  const header = [
    'NodeId',
    'DirectoryId',
    'LogEndOffset',
    'Lag',
    'LastFetchTimestamp',
    'LastCaughtUpTimestamp',
    'Status',
  ]
  await tool.print(...tabbedTable(header, rows))
}

async function remove(admin: Admin, given: ToolArguments, tool: ToolRun): Promise<void> {
  const voterId = given.number('controller-id')
  const voterDirectoryId = given.value('controller-directory-id')
  if (voterId === undefined || voterDirectoryId === undefined)
    throw new ToolError('USAGE', 'kafka-metadata-quorum: error: argument --controller-id/-i is required')
  if (voterId < 0) throw new ToolError('REFUSED', `Invalid negative --controller-id: ${voterId}`)
  if (!/^[\w-]{22}$/.test(voterDirectoryId))
    throw new ToolError('REFUSED', `Failed to parse --controller-directory-id: ${voterDirectoryId}`)
  if (!given.has('dry-run')) await admin.removeRaftVoter({ voterId, voterDirectoryId })
  const verb = given.has('dry-run') ? 'DRY RUN of removing ' : 'Removed '
  await tool.print(`${verb} KRaft controller ${voterId} with directory id ${voterDirectoryId}`)
}
