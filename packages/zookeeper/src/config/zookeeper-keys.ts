import {
  booleanKey,
  derivedIntegerKey,
  integerKey,
  listKey,
  requiredIntegerKey,
  requiredTextKey,
  textKey,
} from './config-key.ts'
import type { ConfigKey } from './config-key.ts'

/** Every key of zoo.cfg that has an effect, by the name that its value has in `ZooKeeperServerConfig`. */
export const zooKeeperKeys = {
  tickTimeMs: integerKey({
    name: 'tickTime',
    doc: 'Milliseconds of a tick, the unit of session time-outs.',
    default: 3000,
    min: 1,
  }),
  dataDir: requiredTextKey({
    name: 'dataDir',
    doc: 'Where snapshots are, and logs if dataLogDir is not set: in its folder version-2.',
    range: 'a path',
  }),
  dataLogDir: textKey({
    name: 'dataLogDir',
    doc: 'Where the transaction log is. A disk of its own makes writes faster.',
    range: 'a path',
    default: undefined,
    defaultText: 'dataDir',
  }),
  clientPort: requiredIntegerKey({
    name: 'clientPort',
    doc: 'The port for clients; 0 takes any that is free.',
    min: 0,
    max: 65535,
  }),
  clientPortAddress: textKey({
    name: 'clientPortAddress',
    doc: 'The address to listen on.',
    range: 'an address',
    default: '0.0.0.0',
    defaultText: '0.0.0.0',
  }),
  minSessionTimeoutMs: derivedIntegerKey({
    name: 'minSessionTimeout',
    doc: 'The shortest session time-out that a client gets, in milliseconds.',
    min: 1,
    defaultText: '2 × tickTime',
  }),
  maxSessionTimeoutMs: derivedIntegerKey({
    name: 'maxSessionTimeout',
    doc: 'The longest session time-out that a client gets, in milliseconds.',
    min: 1,
    defaultText: '20 × tickTime',
  }),
  maxClientConnections: integerKey({
    name: 'maxClientCnxns',
    doc: 'So many connections from one address; 0 sets no limit.',
    default: 60,
    min: 0,
  }),
  snapCount: integerKey({
    name: 'snapCount',
    doc: 'A snapshot is taken after between half of this and this many transactions.',
    default: 100_000,
    min: 2,
  }),
  preAllocSizeBytes: integerKey({
    name: 'preAllocSize',
    doc: 'The transaction log grows in steps of so many KiB; 0 does not reserve anything.',
    default: 65_536,
    min: 0,
    max: 4_194_304,
    scale: 1024,
  }),
  purgeRetainCount: integerKey({
    name: 'autopurge.snapRetainCount',
    doc: 'So many snapshots are kept, with the logs that they need; less than 3 counts as 3.',
    default: 3,
    min: 0,
  }),
  purgeIntervalMs: integerKey({
    name: 'autopurge.purgeInterval',
    doc: 'Every so many hours old snapshots and logs are removed; 0 keeps them all. Apache’s server has 0 unless told otherwise.',
    default: 1,
    min: 0,
    max: 24 * 365,
    scale: 3_600_000,
  }),
  fourLetterWords: listKey({
    name: '4lw.commands.whitelist',
    doc: 'The four-letter words that are answered; * stands for all.',
    range: 'words between commas',
    default: 'srvr',
  }),
  packetSizeBytesMax: integerKey({
    name: 'jute.maxbuffer',
    doc: 'The largest packet that a client may send, in bytes. Clients have the same limit for what they receive.',
    default: 0xfffff,
    min: 1024,
  }),
  superDigest: textKey({
    name: 'DigestAuthenticationProvider.superDigest',
    doc: 'Who authenticates with this may do everything: `super:` and the Base64 SHA-1 of `super:PASSWORD`.',
    range: 'super:HASH',
    default: undefined,
    defaultText: 'nobody',
  }),
  extendedTypesEnabled: booleanKey({
    name: 'extendedTypesEnabled',
    doc: 'Clients may make nodes with a time to live.',
    default: false,
  }),
  digestEnabled: booleanKey({
    name: 'digest.enabled',
    doc: 'The log keeps a digest of the tree with each transaction, and recovery compares it.',
    default: true,
  }),
  skipAcl: booleanKey({ name: 'skipACL', doc: 'ACLs are kept, and not looked at.', default: false }),
  reconfigEnabled: booleanKey({
    name: 'reconfigEnabled',
    doc: 'Decides only with which error a single server answers reconfig.',
    default: false,
  }),
  outstandingLimit: integerKey({
    name: 'globalOutstandingLimit',
    doc: 'When so many requests are under way the server stops reading until there are fewer.',
    default: 1000,
    min: 1,
  }),
  containerCheckIntervalMs: integerKey({
    name: 'znode.container.checkIntervalMs',
    doc: 'Every so many milliseconds empty containers and nodes whose time to live is over are removed.',
    default: 60_000,
    min: 1,
  }),
} as const satisfies Record<string, ConfigKey<unknown>>

/** Keys of ZooKeeper that are understood and change nothing here, and why: it is told to whoever sets them. */
export const keysWithoutEffect: Readonly<Record<string, string>> = {
  'admin.enableServer': 'there is no AdminServer yet',
  'admin.serverPort': 'there is no AdminServer yet',
  'admin.serverAddress': 'there is no AdminServer yet',
  'admin.portUnification': 'there is no AdminServer yet',
  'metricsProvider.className': 'metrics are served by the process, not by ZooKeeper’s providers',
  'metricsProvider.httpPort': 'metrics are served by the process, not by ZooKeeper’s providers',
  'metricsProvider.exportJvmInfo': 'there is no JVM',
  initLimit: 'it concerns ensembles only',
  syncLimit: 'it concerns ensembles only',
  connectToLearnerMasterLimit: 'it concerns ensembles only',
  electionAlg: 'it concerns ensembles only',
  standaloneEnabled: 'this is a single server',
  clientPortListenBacklog: 'the system decides',
  serverCnxnFactory: 'there is one implementation',
  'audit.enable': 'there is no audit log yet',
}
