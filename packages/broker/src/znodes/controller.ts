import { encodeJson, ZnodeJson } from './znode-json.ts'

/** An ephemeral znode: whoever makes it is the controller. */
export const controllerPath = '/controller'

export function encodeController(brokerId: number, timestampMs: number): Buffer {
  return encodeJson({ version: 2, brokerid: brokerId, timestamp: String(timestampMs), kraftControllerEpoch: -1 })
}

/** The broker that is the controller. */
export function decodeController(data: Buffer | null): number {
  return ZnodeJson.parse(controllerPath, data).integer('brokerid')
}
