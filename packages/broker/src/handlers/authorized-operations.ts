/** Sets of operations as bits, as Kafka numbers them: what everybody may do where nothing is forbidden. */
export const authorizedOperations = {
  /** Read, write, create, delete, alter, describe, describe configs, alter configs. */
  topic: 0b1101_1111_1000,
  /** Create, alter, describe, cluster action, describe configs, alter configs, idempotent write. */
  cluster: 0b1_1111_1010_0000,
  /** Read, delete, describe. */
  group: 0b1_0100_1000,
  /** As `group`, and describe and alter its configuration, which Kafka 4 counts. */
  consumerGroup: 0b1101_0100_1000,
  /** It was not asked for. */
  notAsked: -0x8000_0000,
} as const
