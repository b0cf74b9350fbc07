export type { BrokerConfig } from './config/broker-config.ts'
export { ConfigError, type ConfigErrorCode } from './config/config-error.ts'
export { parseBrokerConfig, type BrokerProperties } from './config/parse-broker-config.ts'
export { parseProperties, type Property } from './config/parse-properties.ts'
