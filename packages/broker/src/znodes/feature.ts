import { encodeJson, ZnodeJson } from './znode-json.ts'

/** Finalized features of the cluster (KIP-584); under ZooKeeper there are none, but the znode says so. */
export interface FeatureZnode {
  /** 0 disabled, 1 enabled. */
  readonly status: number
}

export const featurePath = '/feature'

export function encodeFeature({ status }: FeatureZnode): Buffer {
  return encodeJson({ features: {}, version: 2, status })
}

export function decodeFeature(data: Buffer | null): FeatureZnode {
  return { status: ZnodeJson.parse(featurePath, data).integer('status') }
}
