export { createNodeEnv, type NodeEnvOptions } from './create-node-env.ts'
export type { ConnectSocket } from './network/node-network.ts'
export { createSocketFactory, type SocketTarget } from './network/socket-factory.ts'
export type { NodeLoggerOptions } from './log/node-logger.ts'
