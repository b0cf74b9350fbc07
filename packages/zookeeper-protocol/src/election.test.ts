import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ByteReader, DecodeError } from '@odradek/base'
import fc from 'fast-check'
import {
  decodeElectionGreeting,
  decodeElectionNotification,
  encodeElectionGreeting,
  encodeElectionNotification,
  PeerState,
} from './election.ts'

const long = fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n)
const notification = fc.record(
  {
    state: fc.constantFrom(...Object.values(PeerState)),
    leader: long,
    zxid: long,
    electionEpoch: long,
    peerEpoch: long,
    configuration: fc.option(fc.string({ maxLength: 300 }), { nil: undefined }),
  },
  { noNullPrototype: true },
)

test('a vote has the bytes that Apache’s servers send', () => {
  const configuration = 'server.1=127.0.0.1:2888:3888:participant;0.0.0.0:2181\nversion=0'
  const bytes = encodeElectionNotification({
    state: PeerState.leading,
    leader: 3n,
    zxid: 0x1_0000_0007n,
    electionEpoch: 2n,
    peerEpoch: 1n,
    configuration,
  })
  const head =
    '00000002' + '0000000000000003' + '0000000100000007' + '0000000000000002' + '0000000000000001' + '00000002'
  assert.equal(bytes.subarray(0, 40).toString('hex'), head)
  assert.equal(bytes.readInt32BE(40), configuration.length)
  assert.equal(bytes.length, 44 + configuration.length)
})

test('votes are read as they were written, and those of old servers too', () => {
  fc.assert(
    fc.property(notification, (vote) =>
      assert.deepEqual(decodeElectionNotification(encodeElectionNotification(vote)), vote),
    ),
  )
  const old = encodeElectionNotification({
    state: PeerState.looking,
    leader: 1n,
    zxid: 0x5_0000_0001n,
    electionEpoch: 9n,
    peerEpoch: 4n,
    configuration: undefined,
  })
  assert.equal(decodeElectionNotification(old.subarray(0, 28)).peerEpoch, 5n)
  assert.equal(decodeElectionNotification(old.subarray(0, 36)).peerEpoch, 4n)
})

test('greetings come out whole, however they were cut; rubbish is refused', () => {
  const greeting = { serverId: 3n, addresses: ['127.0.0.1:3888'] }
  const bytes = encodeElectionGreeting(greeting)
  assert.equal(bytes.readBigInt64BE(0), -65536n)
  for (let length = 0; length < bytes.length; length++) {
    const reader = new ByteReader(bytes.subarray(0, length))
    assert.equal(decodeElectionGreeting(reader), undefined)
    assert.equal(reader.position, 0)
  }
  assert.deepEqual(decodeElectionGreeting(new ByteReader(bytes)), greeting)
  const several = { serverId: 1n, addresses: ['a:1', 'b:2'] }
  assert.deepEqual(decodeElectionGreeting(new ByteReader(encodeElectionGreeting(several))), several)
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), (rubbish) => {
      for (const decode of [
        () => decodeElectionNotification(Buffer.from(rubbish)),
        () => decodeElectionGreeting(new ByteReader(Buffer.from(rubbish))),
      ]) {
        try {
          decode()
        } catch (error) {
          assert.ok(error instanceof DecodeError)
        }
      }
    }),
  )
})
