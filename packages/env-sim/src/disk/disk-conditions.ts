/** How a machine's disk behaves. Change it at any time. */
export interface DiskConditions {
  /** A sync takes at least this long. */
  syncMsMin: number
  /** What comes on top, on average; exponentially distributed. */
  syncMsMean: number
  /** An asynchronous read or write takes this long on average. */
  transferMsMean: number
  /** All of these times are multiplied by it. */
  slowdown: number
  /** Writes that need more than this fail with NO_SPACE, after what fits was written. */
  capacityBytes: number
  /** So many syncs from now on fail, and what they should have made durable is as good as lost. */
  syncsToFail: number
  /** So many writes from now on fail with an input/output error, after a part was written. */
  writesToFail: number
  /** Set by `crashAtDiskOperation` of the machine. */
  crash: { afterOperations: number; readonly crash: () => void } | undefined
}

export function defaultDiskConditions(): DiskConditions {
  return {
    syncMsMin: 0.1,
    syncMsMean: 1,
    transferMsMean: 0.1,
    slowdown: 1,
    capacityBytes: Number.POSITIVE_INFINITY,
    syncsToFail: 0,
    writesToFail: 0,
    crash: undefined,
  }
}
