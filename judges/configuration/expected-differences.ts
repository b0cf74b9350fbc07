/** Where ours answers otherwise on purpose. A difference that is not here fails; so does a line here that is not seen. */
export const expectedDifferences: readonly (readonly [what: string, why: string])[] = [
  ['segment.bytes', 'files of segments may be larger than 2 GiB: the key is a long'],
  ['log.segment.bytes', 'files of segments may be larger than 2 GiB: the key is a long'],
  ['group.consumer.assignors', 'the consumer protocol is spoken, with the default of Kafka 4'],
  ['group.coordinator.rebalance.protocols', 'the consumer protocol is spoken, with the default of Kafka 4'],
  ['set segment.bytes=1000000 set segment.bytes=2000000', 'the keys that came twice are named'],
  ['set broker.rack=a', 'plain words for what to do instead of a Scala set'],
  ['set num.io.threads=100', 'without the name of a Java exception'],
  ['set num.io.threads=1', 'without the name of a Java exception'],
  ['append no.such.list=x', 'refused instead of UNKNOWN_SERVER_ERROR'],
  ['set advertised.listeners=PLAINTEXT://127.0.0.1:9', 'plain words instead of a Scala set'],
  ['set ssl.keystore.location=/no/such/file', 'plain words instead of a Scala set'],
  ['set root=LOUD', 'the levels are named in another order'],
  ['of no broker: set root=INFO', 'says that the broker is missing'],
  ['of broker 7: set root=INFO', 'names the broker that was asked for'],
]
