import { setWatches, setWatches2 } from './101-set-watches.ts'
import { getEphemerals } from './103-get-ephemerals.ts'
import { getAllChildrenNumber } from './104-get-all-children-number.ts'
import { addWatch } from './106-add-watch.ts'
import { whoAmI } from './107-who-am-i.ts'
import { create, create2, createContainer, createTtl } from './01-create.ts'
import { deleteContainer, deleteNode } from './02-delete.ts'
import { exists } from './03-exists.ts'
import { getData } from './04-get-data.ts'
import { setData } from './05-set-data.ts'
import { getAcl } from './06-get-acl.ts'
import { setAcl } from './07-set-acl.ts'
import { getChildren, getChildren2 } from './08-get-children.ts'
import { sync } from './09-sync.ts'
import { ping } from './11-ping.ts'
import { multi } from './14-multi.ts'
import { reconfig } from './16-reconfig.ts'
import { checkWatches, removeWatches } from './17-check-watches.ts'
import { multiRead } from './22-multi-read.ts'
import type { Operation } from './operation.ts'
import { closeSession, createSession } from './session.ts'

/** Every request that the pipeline knows, by type. Authentication (100, 102) belongs to the connection and never gets here. */
export const operations: ReadonlyMap<number, Operation> = new Map(
  [
    create,
    create2,
    createContainer,
    createTtl,
    deleteNode,
    deleteContainer,
    exists,
    getData,
    setData,
    getAcl,
    setAcl,
    getChildren,
    getChildren2,
    sync,
    ping,
    multi,
    multiRead,
    reconfig,
    checkWatches,
    removeWatches,
    setWatches,
    setWatches2,
    getEphemerals,
    getAllChildrenNumber,
    addWatch,
    whoAmI,
    createSession,
    closeSession,
  ].map((operation) => [operation.type, operation]),
)
