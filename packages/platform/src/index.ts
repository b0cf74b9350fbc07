export { PlatformNode } from './platform-node.ts'
export type { PlatformNodeOptions } from './platform-node.ts'
