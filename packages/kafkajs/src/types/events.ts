export type ValueOf<T> = T[keyof T]

export interface InstrumentationEvent<T> {
  id: string
  type: string
  timestamp: number
  payload: T
}

export type RemoveInstrumentationEventListener<_Name> = () => void
export type Remove<Name> = RemoveInstrumentationEventListener<Name>

export type ConnectEvent = InstrumentationEvent<null>
export type DisconnectEvent = InstrumentationEvent<null>
export type RequestEvent = InstrumentationEvent<{
  apiKey: number
  apiName: string
  apiVersion: number
  broker: string
  clientId: string
  correlationId: number
  createdAt: number
  duration: number
  pendingDuration: number
  sentAt: number
  size: number
}>
export type RequestTimeoutEvent = InstrumentationEvent<{
  apiKey: number
  apiName: string
  apiVersion: number
  broker: string
  clientId: string
  correlationId: number
  createdAt: number
  pendingDuration: number
  sentAt: number
}>
export type RequestQueueSizeEvent = InstrumentationEvent<{
  broker: string
  clientId: string
  queueSize: number
}>

interface NetworkEvents {
  REQUEST: string
  REQUEST_TIMEOUT: string
  REQUEST_QUEUE_SIZE: string
}

/** What producer, consumer and admin have in common. The last one takes every event. */
export type NetworkListeners<Events extends NetworkEvents> = ((
  eventName: Events['REQUEST'],
  listener: (event: RequestEvent) => void,
) => Remove<typeof eventName>) &
  ((
    eventName: Events['REQUEST_QUEUE_SIZE'],
    listener: (event: RequestQueueSizeEvent) => void,
  ) => Remove<typeof eventName>) &
  ((eventName: Events['REQUEST_TIMEOUT'], listener: (event: RequestTimeoutEvent) => void) => Remove<typeof eventName>) &
  ((
    eventName: ValueOf<Events>,
    // oxlint-disable-next-line typescript/no-explicit-any
    listener: (event: InstrumentationEvent<any>) => void,
  ) => Remove<typeof eventName>)
