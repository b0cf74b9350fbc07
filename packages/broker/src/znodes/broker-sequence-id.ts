/** Its version, raised by an empty setData, hands out broker ids above `reserved.broker.max.id`. */
export const brokerSequenceIdPath = '/brokers/seqid'
