import type { Input, KafkaError, Message } from '@odradek/kafka-protocol'
import type { RequestContext } from './request-context.ts'

/** An answer, none, or the end of the connection. */
export type HandlerResult<Response> = Input<Response> | undefined | 'close'

/**
 * One API of the broker: what it is called on the wire, the versions it answers, and the answer.
 *
 * One file per API, `NN-kebab-name.ts` by API key, which opens with its version notes; `all.ts` lists them, and only what is listed is
 * advertised. A handler holds no state of its own: state lives in the broker's services, which it reaches through the context.
 */
export interface ApiHandler<Request, Response> {
  readonly request: Message<Request>
  readonly response: Message<Response>
  /** The lowest and highest version that is answered with its whole meaning. */
  readonly minVersion: number
  readonly maxVersion: number
  /**
   * True when what comes behind this request on its connection may be handled before this one is answered. It was handled as far as order
   * matters (e.g. appended to the log) when `handle` returned; answers keep their order in any case. The default is false.
   */
  readonly pipelined?: boolean
  /**
   * True when nothing looks at the bytes of the request after its answer, but what holds them in `logManager.buffers`: they are used again then. Fields of
   * bytes are views of the request, so a handler that keeps one must not say so. The default is false.
   */
  readonly isDoneWithRequest?: boolean
  /**
   * The answer. `undefined` sends none and `close` ends the connection (only Produce with acks=0). A `KafkaError` that is thrown, or that the
   * promise rejects with, is answered by `errorResponse`; anything else counts as a defect: it is logged and answered as UNKNOWN_SERVER_ERROR.
   */
  handle(request: Request, context: RequestContext): HandlerResult<Response> | Promise<HandlerResult<Response>>
  /**
   * The answer that says `error` wherever this API has room for it: at the top, or once for each thing that was asked for.
   * It must encode in the version of `context`.
   */
  errorResponse(request: Request, error: KafkaError, context: RequestContext): Input<Response>
}
