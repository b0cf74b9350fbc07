import { encodeJson, ZnodeJson } from './znode-json.ts'

export const clusterIdPath = '/cluster/id'

export function encodeClusterId(clusterId: string): Buffer {
  return encodeJson({ version: '1', id: clusterId })
}

export function decodeClusterId(data: Buffer | null): string {
  return ZnodeJson.parse(clusterIdPath, data).string('id')
}
