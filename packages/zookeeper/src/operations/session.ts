// createSession (-10), closeSession (-11)
import { createSessionTxn, OpCode } from '@odradek/zookeeper-protocol'
import type { CreateSessionTxn } from '@odradek/zookeeper-protocol'
import { parentPathOf } from '../core/path.ts'
import { noBody, write } from './operation.ts'

/** Made by the server for a connection that asks for a new session. */
export const createSession = write<CreateSessionTxn>({
  type: OpCode.createSession,
  name: 'createSession',
  request: createSessionTxn,
  needsSession: false,
  prepare: ({ timeOut }) => ({ type: OpCode.createSession, value: { timeOut } }),
  reply: () => undefined,
})

/** Asked for by a client, or made by the server when a session has expired: its ephemeral nodes go with it. */
export const closeSession = write<undefined>({
  type: OpCode.closeSession,
  name: 'closeSession',
  request: noBody,
  needsSession: false,
  prepare(_request, { changes, sessionId }) {
    const paths2Delete = [...changes.ephemeralsOf(sessionId)]
    for (const path of paths2Delete) {
      changes.update(changes.get(parentPathOf(path)), (stat, record) => {
        stat.pzxid = changes.zxid
        record.childCount--
      })
      changes.remove(changes.get(path))
    }
    return { type: OpCode.closeSession, value: { paths2Delete } }
  },
  reply: () => undefined,
})
