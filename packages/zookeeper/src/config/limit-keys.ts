import { booleanKey, decimalKey, integerKey } from './config-key.ts'
import type { ConfigKey } from './config-key.ts'

/** The keys that bound what clients may use up, by the names that their values have in `ZooKeeperServerConfig`. */
export const limitKeys = {
  maxClientConnections: integerKey({
    name: 'maxClientCnxns',
    doc: 'So many connections from one address; 0 sets no limit.',
    default: 60,
    min: 0,
  }),
  maxConnections: integerKey({
    name: 'maxCnxns',
    doc: 'So many connections in all; 0 sets no limit.',
    default: 0,
    min: 0,
  }),
  connectionTokens: integerKey({
    name: 'connection_throttle_tokens',
    doc: 'Every session that is asked for, or come back to, takes a token; there are at most so many, and who finds none is cut off. 0 sets no limit.',
    default: 0,
    min: 0,
  }),
  connectionTokenIntervalMs: integerKey({
    name: 'connection_throttle_fill_time',
    doc: 'Every so many milliseconds tokens come back.',
    default: 1,
    min: 1,
  }),
  connectionTokenFillCount: integerKey({
    name: 'connection_throttle_fill_count',
    doc: 'So many tokens come back each time.',
    default: 1,
    min: 1,
  }),
  connectionFreezeMs: integerKey({
    name: 'connection_throttle_freeze_time',
    doc: 'With every so many milliseconds in which the tokens are out, the chance of being refused grows; -1: nobody is refused by chance.',
    default: -1,
    min: -1,
  }),
  connectionDropIncrease: decimalKey({
    name: 'connection_throttle_drop_increase',
    doc: 'By so much the chance grows each time.',
    default: 0.02,
    min: 0,
    max: 1,
  }),
  connectionDropDecrease: decimalKey({
    name: 'connection_throttle_drop_decrease',
    doc: 'By so much the chance shrinks each time that few tokens are taken.',
    default: 0.002,
    min: 0,
    max: 1,
  }),
  connectionDecreaseRatio: decimalKey({
    name: 'connection_throttle_decrease_ratio',
    doc: 'Few tokens are taken when it is no more than this part of all.',
    default: 0,
    min: 0,
    max: 1,
  }),
  connectionWeightEnabled: booleanKey({
    name: 'connection_throttle_weight_enabled',
    doc: 'Sessions take tokens by their kinds. The numbers of tokens above are then those for new sessions.',
    default: false,
  }),
  newSessionWeight: integerKey({
    name: 'connection_throttle_global_session_weight',
    doc: 'So many tokens a new session takes.',
    default: 3,
    min: 1,
  }),
  renewedSessionWeight: integerKey({
    name: 'connection_throttle_renew_session_weight',
    doc: 'So many tokens a session takes that comes back.',
    default: 2,
    min: 1,
  }),
  packetSizeBytesMax: integerKey({
    name: 'jute.maxbuffer',
    doc: 'The largest packet that a client may send, in bytes. Clients have the same limit for what they receive.',
    default: 0xfffff,
    min: 1024,
  }),
  largeRequestThresholdBytes: integerKey({
    name: 'largeRequestThreshold',
    doc: 'Packets of more bytes than this are large; -1: none is.',
    default: -1,
    min: -1,
  }),
  largeRequestsSizeBytesMax: integerKey({
    name: 'largeRequestMaxBytes',
    doc: 'So many bytes of large packets may be under way together; who sends more is cut off.',
    default: 100 * 1024 * 1024,
    min: 1,
  }),
  outstandingLimit: integerKey({
    name: 'globalOutstandingLimit',
    doc: 'When so many requests are under way the server reads no more from those who have one under way, until there are fewer.',
    default: 1000,
    min: 1,
  }),
  requestsUnderWayMax: integerKey({
    name: 'request_throttle_max_requests',
    doc: 'So many requests are worked on at a time; others wait in their order. 0 sets no limit.',
    default: 0,
    min: 0,
  }),
  dropStaleRequests: booleanKey({
    name: 'request_throttle_drop_stale',
    doc: 'Requests that wait, and that nobody waits for any more, are dropped, and their connections closed.',
    default: true,
  }),
  closedIsStale: booleanKey({
    name: 'request_stale_connection_check',
    doc: 'Nobody waits for a request whose connection is closed.',
    default: true,
  }),
  slowIsStale: booleanKey({
    name: 'request_stale_latency_check',
    doc: 'Nobody waits for a request that is older than its session’s time-out.',
    default: false,
  }),
  throttledOpWaitTimeMs: integerKey({
    name: 'throttled_op_wait_time',
    doc: 'A request that has waited for more milliseconds because of `request_throttle_max_requests` is answered with THROTTLEDOP; 0 never does.',
    default: 0,
    min: 0,
  }),
  watchesSizeBytesMax: integerKey({
    name: 'odradek.watchesSizeMaxMiB',
    doc: 'So many MiB, roughly, all watches may take together (a watch is its path and 400 bytes); then whoever has the most is cut off. Apache’s server sets no limit.',
    default: 1024,
    min: 1,
    max: 1_048_576,
    scale: 1024 * 1024,
  }),
  unreadSizeBytesMax: integerKey({
    name: 'odradek.unreadSizeMaxMiB',
    doc: 'So many MiB of answers and events may wait for clients that do not read, all together (and at most 64 for one); then whoever has the most is cut off.',
    default: 512,
    min: 1,
    max: 1_048_576,
    scale: 1024 * 1024,
  }),
} as const satisfies Record<string, ConfigKey<unknown>>
