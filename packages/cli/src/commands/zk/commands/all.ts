import type { ShellCommand } from '../shell-command.ts'
import { acl, getAcl, setAcl } from './acl.ts'
import { create } from './create.ts'
import { deleteAll, deleteNode } from './delete.ts'
import { config, reconfig } from './ensemble.ts'
import { exportNodes } from './export.ts'
import { get } from './get.ts'
import { importNodes } from './import.ts'
import { ls } from './ls.ts'
import { deleteQuota, listQuota, setQuota } from './quota.ts'
import { addAuth, count, ephemerals, sync, whoAmI } from './session.ts'
import { set } from './set.ts'
import { stat } from './stat.ts'
import { tree } from './tree.ts'
import { watch } from './watch.ts'

/** Every command of the shell, as `help` lists them. */
export const allCommands: readonly ShellCommand[] = [
  ls,
  tree,
  get,
  stat,
  set,
  create,
  deleteNode,
  deleteAll,
  watch,
  acl,
  getAcl,
  setAcl,
  setQuota,
  listQuota,
  deleteQuota,
  exportNodes,
  importNodes,
  addAuth,
  whoAmI,
  sync,
  count,
  ephemerals,
  config,
  reconfig,
]
