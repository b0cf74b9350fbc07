import { key } from '../config-key.ts'

/** Keys of how the coordinator of groups does its work in Apache Kafka, which have nothing to set here. */
export const groupCoordinatorKeys = {
  groupCoordinatorNewEnable: key.boolean(
    'group.coordinator.new.enable',
    'false',
    'Whether Kafka’s newer coordinator is used. Here there is one, which speaks the protocols of group.coordinator.rebalance.protocols.',
    { isInternal: true, effect: 'accepted' },
  ),
  groupCoordinatorThreads: key.int(
    'group.coordinator.threads',
    '1',
    'Threads of the coordinator in Apache Kafka. This broker runs one event loop; the value is accepted and shown.',
    { atLeast: 1, effect: 'accepted' },
  ),
  groupCoordinatorAppendLingerMs: key.int(
    'group.coordinator.append.linger.ms',
    '10',
    'How long the coordinator gathers records before it writes them in Apache Kafka. Here those of one turn of the event loop are written together.',
    { atLeast: 0, effect: 'accepted' },
  ),
}
