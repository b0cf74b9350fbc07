import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { LeaderAndIsr } from './leader-and-isr.ts'
import { ReplicaSet } from './replica-set.ts'

const lagMaxMs = 30_000

function stateOf(changes: Partial<LeaderAndIsr> = {}): LeaderAndIsr {
  return {
    controllerEpoch: 1,
    leader: 1,
    leaderEpoch: 5,
    isr: [1, 2, 3],
    partitionEpoch: 7,
    replicas: [1, 2, 3],
    addingReplicas: [],
    removingReplicas: [],
    ...changes,
  }
}

function leaderOf(changes: Partial<LeaderAndIsr> = {}, logEndOffset = 0, minInSyncReplicas = 1): ReplicaSet {
  const set = new ReplicaSet(1, { replicaLagTimeMaxMs: lagMaxMs, minInSyncReplicas })
  set.becomeLeader(stateOf(changes), logEndOffset, 0)
  return set
}

function fetched(set: ReplicaSet, brokerId: number, fetchOffset: number, nowMs: number) {
  return set.followerFetched({ brokerId, fetchOffset, logStartOffset: 0, brokerEpoch: -1 }, nowMs)
}

describe('the high watermark', () => {
  it('is the end of the log on a partition with one replica', () => {
    const set = leaderOf({ isr: [1], replicas: [1] })
    assert.equal(set.localAdvanced(10, 1), true)
    assert.equal(set.highWatermark, 10)
    assert.equal(set.localAdvanced(10, 2), false)
  })

  it('is what the slowest member of the ISR has', () => {
    const set = leaderOf()
    assert.equal(set.localAdvanced(10, 1), false)
    assert.equal(fetched(set, 2, 10, 2)?.highWatermarkAdvanced, false)
    assert.equal(fetched(set, 3, 4, 3)?.highWatermarkAdvanced, true)
    assert.equal(set.highWatermark, 4)
    fetched(set, 3, 10, 4)
    assert.equal(set.highWatermark, 10)
  })

  it('never goes back, whatever a follower asks for', () => {
    const set = leaderOf({ isr: [1, 2], replicas: [1, 2] })
    set.localAdvanced(10, 1)
    fetched(set, 2, 10, 2)
    fetched(set, 2, 3, 3)
    assert.equal(set.highWatermark, 10)
  })

  it('waits for a replica that is to be dropped until the controller has dropped it', () => {
    const set = leaderOf()
    set.localAdvanced(10, 1)
    fetched(set, 2, 10, lagMaxMs)
    const proposal = set.proposeShrink(lagMaxMs + 1)
    assert.deepEqual(proposal?.isr, [1, 2])
    assert.equal(set.highWatermark, 0)
    assert.equal(set.isrAltered({ leaderEpoch: 5, partitionEpoch: 8, isr: [1, 2] }, lagMaxMs + 2), true)
    assert.equal(set.highWatermark, 10)
  })

  it('stands still while the ISR is below min.insync.replicas', () => {
    const set = leaderOf({ isr: [1] }, 0, 2)
    assert.equal(set.localAdvanced(10, lagMaxMs * 2), false)
    assert.equal(set.isUnderMinInSync, true)
    set.isrAltered({ leaderEpoch: 5, partitionEpoch: 8, isr: [1, 2] }, lagMaxMs * 2)
    fetched(set, 2, 10, lagMaxMs * 2)
    assert.equal(set.highWatermark, 10)
  })

  it('needs no more replicas in sync than there are', () => {
    const set = leaderOf({ isr: [1], replicas: [1] }, 0, 2)
    assert.equal(set.isUnderMinInSync, false)
    set.localAdvanced(1, 1)
    assert.equal(set.highWatermark, 1)
  })
})

describe('the in-sync replicas', () => {
  it('take in a follower that reached the high watermark and the start of the leader epoch', () => {
    const set = leaderOf({ isr: [1, 2] }, 100)
    fetched(set, 2, 100, 1)
    assert.equal(set.highWatermark, 100)
    assert.equal(fetched(set, 3, 99, 2)?.proposal, undefined)
    const proposal = fetched(set, 3, 100, 3)?.proposal
    assert.deepEqual(proposal, { leaderEpoch: 5, partitionEpoch: 7, isr: [1, 2, 3] })
    assert.equal(fetched(set, 3, 100, 4)?.proposal, undefined, 'one proposal at a time')
  })

  it('count a proposed member before the controller has answered', () => {
    const set = leaderOf({ isr: [1, 2] }, 0)
    fetched(set, 2, 0, 1)
    fetched(set, 3, 0, 1)
    set.localAdvanced(10, 2)
    fetched(set, 2, 10, 3)
    assert.equal(set.highWatermark, 0)
    fetched(set, 3, 10, 4)
    assert.equal(set.highWatermark, 10)
  })

  it('may be asked for again after a refusal', () => {
    const set = leaderOf({ isr: [1, 2] })
    const proposal = fetched(set, 3, 0, 1)?.proposal
    assert.ok(proposal)
    set.isrRefused(proposal)
    assert.ok(fetched(set, 3, 0, 2)?.proposal)
  })

  it('drop who has not been caught up for replica.lag.time.max.ms, and keep who was within it', () => {
    const set = leaderOf()
    set.localAdvanced(10, 1)
    assert.equal(set.proposeShrink(lagMaxMs), undefined)
    // Not at the end, but where the end was when it asked before.
    fetched(set, 2, 10, 20_000)
    set.localAdvanced(20, 20_001)
    fetched(set, 2, 10, 40_000)
    assert.deepEqual(set.proposeShrink(45_000)?.isr, [1, 2])
  })

  it('ignore answers of an older leader epoch or partition epoch', () => {
    const set = leaderOf()
    assert.equal(set.isrAltered({ leaderEpoch: 4, partitionEpoch: 9, isr: [1] }, 1), false)
    assert.equal(set.isrAltered({ leaderEpoch: 5, partitionEpoch: 6, isr: [1] }, 1), false)
    assert.deepEqual(set.isr, [1, 2, 3])
  })

  it('know nothing of a broker that is no replica', () => {
    assert.equal(fetched(leaderOf(), 9, 0, 1), undefined)
  })
})

describe('roles', () => {
  it('tell a new leader epoch from the same one', () => {
    const set = leaderOf()
    assert.equal(set.becomeLeader(stateOf({ partitionEpoch: 8 }), 5, 1), false)
    assert.equal(set.becomeLeader(stateOf({ leaderEpoch: 6 }), 5, 2), true)
    assert.equal(set.leaderEpochStartOffset, 5)
    set.becomeFollower(stateOf({ leader: 2, leaderEpoch: 7 }))
    assert.equal(set.isLeader, false)
    assert.equal(set.becomeLeader(stateOf({ leaderEpoch: 8 }), 9, 3), true)
  })

  it('forget in a new epoch what followers had told in the old one', () => {
    const set = leaderOf({ isr: [1, 2], replicas: [1, 2] })
    set.localAdvanced(10, 1)
    fetched(set, 2, 10, 2)
    set.becomeLeader(stateOf({ leaderEpoch: 6, isr: [1, 2], replicas: [1, 2] }), 10, 3)
    set.localAdvanced(12, 4)
    assert.equal(set.highWatermark, 10)
    assert.equal(set.follower(2)?.logEndOffset, -1)
  })
})
