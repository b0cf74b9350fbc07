import { ByteWriter } from '@odradek/base'
import type { Random } from '@odradek/base'
import {
  addWatchRequest,
  authPacket,
  createRequest,
  createTtlRequest,
  deleteRequest,
  encodeMultiRequest,
  getDataRequest,
  OpCode,
  requestHeader,
  setAclRequest,
  setDataRequest,
  setWatches2,
} from '@odradek/zookeeper-protocol'

const acl = [{ perms: 31, id: { scheme: 'world', id: 'anyone' } }]
const types = [...Object.values(OpCode), 55, 2 ** 31 - 1]

/** A request as a client might send it. */
function goodRequest(random: Random, xid: number): Buffer {
  const writer = new ByteWriter()
  const path = ['/', '/a', '/a/b', '/a/b/c', '/zookeeper', '', '/a/'][random.integer(7)] as string
  const data = random.bytes(random.integer(40))
  const create = { path: `${path}/x${random.integer(9)}`, data, acl, flags: random.integer(8) }
  const bodies: (() => number)[] = [
    () => (createRequest.encode(writer, create), OpCode.create),
    () => (createTtlRequest.encode(writer, { ...create, ttl: BigInt(random.integer(1000)) }), OpCode.createTtl),
    () => (deleteRequest.encode(writer, { path, version: -1 }), OpCode.delete),
    () => (setDataRequest.encode(writer, { path, data, version: random.integer(3) - 1 }), OpCode.setData),
    () => (setAclRequest.encode(writer, { path, acl, version: -1 }), OpCode.setAcl),
    () => (getDataRequest.encode(writer, { path, watch: true }), OpCode.exists),
    () => (addWatchRequest.encode(writer, { path, mode: random.integer(3) }), OpCode.addWatch),
    () => (authPacket.encode(writer, { type: 0, scheme: 'digest', auth: data }), OpCode.auth),
    () => {
      const paths = [path, null, '/b']
      const watches = { relativeZxid: 0n, dataWatches: paths, existWatches: paths, childWatches: null }
      setWatches2.encode(writer, { ...watches, persistentWatches: paths, persistentRecursiveWatches: paths })
      return OpCode.setWatches2
    },
    () => {
      encodeMultiRequest(writer, [
        { type: OpCode.create, request: create },
        { type: OpCode.setData, request: { path, data, version: -1 } },
      ])
      return OpCode.multi
    },
  ]
  const type = (bodies[random.integer(bodies.length)] as () => number)()
  return Buffer.concat([requestHeader.toBuffer({ xid, type }), writer.concat()])
}

/** A request, mostly with something wrong in it: cut short, of another type, of rubbish, or with other bytes here and there. */
export function hostilePacket(random: Random, xid: number): Buffer {
  const good = goodRequest(random, xid)
  switch (random.integer(6)) {
    case 0:
      return good
    case 1:
      return good.subarray(0, random.integer(good.length) + 1)
    case 2:
      return Buffer.concat([
        requestHeader.toBuffer({ xid, type: types[random.integer(types.length)] as number }),
        good.subarray(8),
      ])
    case 3:
      return Buffer.concat([
        requestHeader.toBuffer({ xid, type: types[random.integer(types.length)] as number }),
        random.bytes(random.integer(60)),
      ])
    default: {
      for (let count = 0; count < 3; count++) {
        const place = 4 + random.integer(good.length - 4)
        good[place] = random.integer(256)
      }
      return good
    }
  }
}
