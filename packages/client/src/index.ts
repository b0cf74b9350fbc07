export { BrokerConnection, type BrokerConnectionOptions } from './broker-connection.ts'
export { ClientError, type ClientErrorCode } from './client-error.ts'
