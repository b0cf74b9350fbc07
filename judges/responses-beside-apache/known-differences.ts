// Where the answers differ, and why: each also stands in docs/compatibility.md, "Where an answer differs".
import type { FieldDifference } from './compare.ts'

interface KnownDifference {
  /** Names of APIs; absent: any. */
  readonly apis?: readonly string[]
  /** The request's title. */
  readonly title?: RegExp
  /** The field's path. */
  readonly path?: RegExp
  readonly ours?: RegExp
  readonly apaches?: RegExp
  readonly reason: string
}

const known: readonly KnownDifference[] = [
  { path: /[eE]rrorMessage$/, apaches: /^null$/, reason: 'a sentence where Apache has none' },
  { path: /[eE]rrorMessage$/, ours: /^null$/, reason: 'Apache says NONE where there is no error' },
  {
    title: /twice/,
    reason: 'what a request names twice is answered twice; Apache answers the first, the last, or nothing',
  },
  {
    title: /partitions empty|partitionData empty|partitionIndexes empty/,
    reason: 'a topic without partitions is in the answer, and is not in Apache’s',
  },
  {
    path: /errorCode$/,
    apaches: /^-1$/,
    ours: /^(?!0$)/,
    reason: 'a value that is none is refused by a code; Apache fails inside with UNKNOWN_SERVER_ERROR',
  },
  {
    path: /^$/,
    apaches: /no answer|disconnected/,
    ours: /"errorCode":(?!0\b)/,
    reason: 'a value that is none is refused by a code; Apache does not answer',
  },
  {
    apis: ['FETCH', 'LIST_OFFSETS'],
    title: /isolationLevel/,
    reason: 'a value that is none is refused by a code; Apache fails inside with UNKNOWN_SERVER_ERROR',
  },
  {
    apis: ['FETCH'],
    title: /[mM]axBytes -|sessionId 2147483647/,
    reason: 'sizes below 0 count as 0, an unknown session with epoch -1 as none; Apache fails inside',
  },
  { apis: ['FETCH'], path: /abortedTransactions$/, reason: 'the empty list of aborted transactions is null or empty' },
  { apis: ['FETCH'], title: /topic $/, ours: /^100$/, reason: 'no name is no topic: UNKNOWN_TOPIC_ID' },
  {
    apis: ['PRODUCE'],
    path: /logStartOffset$/,
    ours: /-1/,
    apaches: /0/,
    reason: 'where the log starts is not told with a refused batch',
  },
  {
    apis: ['OFFSET_FOR_LEADER_EPOCH'],
    title: /leaderEpoch -2/,
    reason: 'an epoch below -1 is no epoch; Apache counts it as one before all',
  },
  { apis: ['PRODUCE'], title: /bytes behind the batch/, reason: 'bytes behind a batch are refused; Apache drops them' },
  { apis: ['PRODUCE'], title: /transaction/, ours: /^48$/, reason: 'no coordinator of transactions' },
  { apis: ['API_VERSIONS'], path: /^apiKeys/, reason: 'other APIs and versions' },
  {
    apis: ['METADATA'],
    path: /^(brokers|clusterId|controllerId)/,
    reason: 'a refused Metadata request is told the brokers nevertheless',
  },
  {
    apis: ['FIND_COORDINATOR', 'INIT_PRODUCER_ID'],
    title: /of a transaction|keyType 1|transactionalId/,
    reason: 'no coordinator of transactions',
  },
  {
    apis: ['OFFSET_FETCH'],
    title: /groups empty/,
    reason: 'a request for no group is answered; Apache does not answer',
  },
  {
    apis: ['CREATE_TOPICS'],
    title: /brokerIds empty/,
    reason: 'a partition of no replica is refused; Apache does not answer',
  },
  {
    apis: ['DELETE_TOPICS'],
    apaches: /^29$/,
    ours: /^100$/,
    reason: 'an unknown topic id is UNKNOWN_TOPIC_ID; Apache without an authorizer says TOPIC_AUTHORIZATION_FAILED',
  },
  {
    apis: ['DESCRIBE_CONFIGS'],
    path: /group\.consumer\.assignors|group\.coordinator\.rebalance\.protocols/,
    reason: 'the consumer group protocol is on',
  },
  {
    apis: ['DESCRIBE_CONFIGS'],
    path: /segment\.bytes\]\.configType$/,
    reason: 'segments may be above 2 GiB: their size is a LONG',
  },
  {
    apis: ['DESCRIBE_CLIENT_QUOTAS'],
    title: /match/,
    reason: 'a match where there is nothing to match is refused; Apache ignores it',
  },
  { apis: ['ALTER_CLIENT_QUOTAS'], title: /value 0$/, reason: 'rates of 0 are refused, as by Kafka on KRaft' },
  {
    apis: ['ALTER_CONFIGS', 'INCREMENTAL_ALTER_CONFIGS'],
    title: /no value, resources.*resourceName/,
    ours: /^3$/,
    reason: 'of two faults another one is named first',
  },
  {
    apis: ['ALTER_USER_SCRAM_CREDENTIALS'],
    title: /one for another, upsertions\[0\]\.saltedPassword 0 bytes/,
    ours: /^93$/,
    reason: 'of two faults another one is named first',
  },
  { apis: ['ALTER_CLIENT_QUOTAS'], title: /remove false$/, reason: 'rates of 0 are refused, as by Kafka on KRaft' },
  {
    apis: ['OFFSET_FETCH'],
    title: /partitionIndexes\[0\] 1$/,
    reason: 'what a request names twice is answered twice; Apache answers the first, the last, or nothing',
  },
  { apis: ['FIND_COORDINATOR'], title: /keyType 2/, reason: 'no share groups: a kind that is none' },
  {
    apis: ['FETCH'],
    path: /records$/,
    apaches: /^\d+ elements$/,
    reason: 'an answer may go on in the next segment of the log; Apache’s ends with the segment',
  },
  { apaches: /__transaction_state/, reason: 'no coordinator of transactions' },
  {
    apis: ['METADATA'],
    title: /name null/,
    path: /AuthorizedOperations$/,
    reason: 'a refused Metadata request is told the brokers nevertheless',
  },
  {
    apis: ['FETCH'],
    title: /in a new session, topics (empty|null)|new session.*topicId/,
    reason:
      'a new session of nothing, or of a topic id that is none, is answered; Apache makes an empty session, or fails inside',
  },
]

export function reasonOf(api: string, title: string, { path, ours, apaches }: FieldDifference): string | undefined {
  const fits = (pattern: RegExp | undefined, text: string): boolean => pattern?.test(text) ?? true
  return known.find(
    (each) =>
      (each.apis?.includes(api) ?? true) &&
      fits(each.title, title) &&
      fits(each.path, path) &&
      fits(each.ours, ours) &&
      fits(each.apaches, apaches),
  )?.reason
}
