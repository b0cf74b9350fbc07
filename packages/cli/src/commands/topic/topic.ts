import type { Command } from 'commander'
import type { CommandContext } from '../../command-context.ts'
import { withClusterOptions } from '../../context/connection.ts'
import { defineTopicAlter } from './alter.ts'
import { defineTopicCreate } from './create.ts'
import { defineTopicDelete } from './delete.ts'
import { defineTopicDescribe } from './describe.ts'
import { defineTopicList } from './list.ts'
import { defineTopicOffsets } from './offsets.ts'
import { defineTopicTrim } from './trim.ts'

/** `odradek topic …` */
export function defineTopic(command: Command, context: CommandContext): void {
  const add = (usage: string, description: string, output = true): Command =>
    withClusterOptions(command.command(usage).description(description), { output })
  defineTopicList(add('list', 'the topics that there are').alias('ls'), context)
  defineTopicDescribe(add('describe <topic...>', 'partitions, leaders and replicas of topics'), context)
  defineTopicCreate(add('create <topic...>', 'create topics', false), context)
  defineTopicAlter(add('alter <topic>', 'add partitions, set and unset configuration', false), context)
  defineTopicDelete(add('delete <topic...>', 'delete topics with all their records', false), context)
  defineTopicOffsets(add('offsets <topic...>', 'first and last offsets: topic or topic:0,3-5'), context)
  defineTopicTrim(add('trim <topic...>', 'delete the records before an offset: topic or topic:0,3-5'), context)
}
