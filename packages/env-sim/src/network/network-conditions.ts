/** How the network behaves between machines; a machine talks to itself without loss. Change it at any time. */
export interface NetworkConditions {
  /** Every segment takes at least this long. */
  latencyMsMin: number
  /** What comes on top, on average; exponentially distributed. */
  latencyMsMean: number
  /** Share of segments that are lost and sent again, which holds up what follows on the connection. */
  lossProbability: number
  /** Share of segments that are cut at a random place. */
  splitProbability: number
  /** Share of segments at which the connection is reset. */
  resetProbability: number
}

export function defaultNetworkConditions(): NetworkConditions {
  return { latencyMsMin: 0.05, latencyMsMean: 0.3, lossProbability: 0.002, splitProbability: 0.1, resetProbability: 0 }
}
