/** What IncrementalAlterConfigs does with a key, in Kafka's numbers. */
export const AlterOperation = { SET: 0, DELETE: 1, APPEND: 2, SUBTRACT: 3 } as const
