export { createNodeEnv, type NodeEnvOptions } from './create-node-env.ts'
export type { NodeLoggerOptions } from './log/node-logger.ts'
