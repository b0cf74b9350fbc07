// setWatches (101), setWatches2 (105)
import {
  OpCode,
  setWatches as setWatchesRequest,
  setWatches2 as setWatches2Request,
  WatchEventType,
  AddWatchMode,
} from '@odradek/zookeeper-protocol'
import type { SetWatches, SetWatches2 } from '@odradek/zookeeper-protocol'
import { WatchMode } from '../core/watch/watch-table.ts'
import { read } from './operation.ts'
import type { ReadContext } from './operation.ts'

/** The event did not come from one transaction. */
const noZxid = -1n

/** Arms again what a client had on its former connection, or tells it at once what has happened since `relativeZxid`. */
function arm(request: SetWatches, { tree, client }: ReadContext): void {
  const { relativeZxid } = request
  const tell = (type: WatchEventType, path: string): void => client.onEvent(type, path, noZxid, undefined)
  for (const path of present(request.dataWatches)) {
    const node = tree.get(path)
    if (node === undefined) tell(WatchEventType.nodeDeleted, path)
    else if (node.mzxid > relativeZxid) tell(WatchEventType.nodeDataChanged, path)
    else tree.watches.data.add(path, client, WatchMode.once)
  }
  for (const path of present(request.existWatches)) {
    if (tree.get(path) === undefined) tree.watches.data.add(path, client, WatchMode.once)
    else tell(WatchEventType.nodeCreated, path)
  }
  for (const path of present(request.childWatches)) {
    const node = tree.get(path)
    if (node === undefined) tell(WatchEventType.nodeDeleted, path)
    else if (node.pzxid > relativeZxid) tell(WatchEventType.nodeChildrenChanged, path)
    else tree.watches.children.add(path, client, WatchMode.once)
  }
}

function present(paths: readonly (string | null)[] | null): string[] {
  return (paths ?? []).filter((path) => path !== null)
}

export const setWatches = read<SetWatches>({
  type: OpCode.setWatches,
  name: 'setWatches',
  request: setWatchesRequest,
  answer(request, context) {
    arm(request, context)
    return undefined
  },
})

export const setWatches2 = read<SetWatches2>({
  type: OpCode.setWatches2,
  name: 'setWatches2',
  request: setWatches2Request,
  answer(request, context) {
    const { tree, client } = context
    arm(request, context)
    for (const path of present(request.persistentWatches)) tree.watches.add(path, client, AddWatchMode.persistent)
    for (const path of present(request.persistentRecursiveWatches)) {
      tree.watches.add(path, client, AddWatchMode.persistentRecursive)
    }
    return undefined
  },
})
