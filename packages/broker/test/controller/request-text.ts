import type { BrokerSend } from '../../src/core/controller/controller-event.ts'

const listed = (title: string, replicas: readonly number[] = []): string =>
  replicas.length === 0 ? '' : ` ${title} ${replicas.join()}`

/** A request of the controller in one line. */
export function requestText(send: BrokerSend): string {
  switch (send.api) {
    case 'leader-and-isr': {
      const states = (send.request.topicStates ?? []).flatMap(({ topicName, partitionStates }) =>
        (partitionStates ?? []).map(
          (state) =>
            `${topicName}-${state.partitionIndex} leader ${state.leader} epoch ${state.leaderEpoch} isr ${state.isr?.join()} of ${state.replicas?.join()}${listed('adding', state.addingReplicas)}${listed('removing', state.removingReplicas)}${state.isNew === true ? ' new' : ''}`,
        ),
      )
      const leaders = (send.request.liveLeaders ?? []).map(
        ({ brokerId, hostName, port }) => `${brokerId}@${hostName}:${port}`,
      )
      return `LeaderAndIsr ${states.join('; ')} (${leaders.join(' ')})`
    }
    case 'update-metadata': {
      const states = (send.request.topicStates ?? []).flatMap(({ topicName, partitionStates }) =>
        (partitionStates ?? []).map((state) => {
          const offline = (state.offlineReplicas?.length ?? 0) > 0 ? ` offline ${state.offlineReplicas?.join()}` : ''
          return `${topicName}-${state.partitionIndex} leader ${state.leader} isr ${state.isr?.join()}${offline}`
        }),
      )
      const brokers = (send.request.liveBrokers ?? []).map(({ id }) => id).join(' ')
      return `UpdateMetadata [brokers ${brokers}] ${states.join('; ')}`.trimEnd()
    }
    case 'stop-replica': {
      const states = (send.request.topicStates ?? []).flatMap(({ topicName, partitionStates }) =>
        (partitionStates ?? []).map(
          (state) =>
            `${topicName}-${state.partitionIndex} epoch ${state.leaderEpoch}${state.deletePartition === true ? ' delete' : ''}`,
        ),
      )
      return `StopReplica ${states.join('; ')}`
    }
  }
}
