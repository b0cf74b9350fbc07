import { commonEndOffset } from './common-end-offset.ts'
import type { LogExtent } from './common-end-offset.ts'

/** What brings the copy of a log nearer to the log. */
export type MoveStep =
  /** The copy holds nothing that the log still has: it begins anew. */
  | { readonly do: 'start-at'; readonly offset: number }
  /** The copy holds what the log has not, or no longer. */
  | { readonly do: 'truncate'; readonly offset: number }
  | { readonly do: 'copy'; readonly fromOffset: number }
  /** Nothing is missing. */
  | { readonly do: 'swap' }

/**
 * The next step of a move, from `source` to `future`. `mayDiffer` when something may have been cut off the source since the last step: then
 * epochs are compared, as a follower does it with its leader (KIP-101), else the copy is known to be a part of the source.
 */
export function nextMoveStep(source: LogExtent, future: LogExtent, mayDiffer: boolean): MoveStep {
  if (future.logEndOffset < source.logStartOffset) return { do: 'start-at', offset: source.logStartOffset }
  if (mayDiffer || future.logEndOffset > source.logEndOffset) {
    const offset = commonEndOffset(source, future)
    if (offset === undefined) return { do: 'start-at', offset: source.logStartOffset }
    if (offset < future.logEndOffset) {
      const isEmptied = offset <= future.logStartOffset
      return isEmptied ? { do: 'start-at', offset: source.logStartOffset } : { do: 'truncate', offset }
    }
  }
  const fromOffset = future.logEndOffset
  return fromOffset < source.logEndOffset ? { do: 'copy', fromOffset } : { do: 'swap' }
}
