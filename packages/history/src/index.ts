export { anomalyKinds, type Anomaly, type AnomalyKind } from './anomaly.ts'
export { checkHistory, type CheckOptions } from './check-history.ts'
export { HistoryRecorder, type OpenOperation } from './history-recorder.ts'
export type { History, Operation, OperationKind, Outcome, Polled, Sent, Step } from './operation.ts'
