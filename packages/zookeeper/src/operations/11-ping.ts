// ping (11)
import { OpCode } from '@odradek/zookeeper-protocol'
import { noBody, read } from './operation.ts'

/** That the packet came has renewed the session already. */
export const ping = read<undefined>({ type: OpCode.ping, name: 'ping', request: noBody, answer: () => undefined })
