import type { KafkaTool } from './kafka-tool.ts'
import { randomUuid } from './random-uuid.ts'
import { ToolError } from './tool-error.ts'

const ofKraft = ['format', 'info', 'version-mapping', 'feature-dependencies']

/** kafka-storage: of it random-uuid; the rest is about the directories of KRaft, which Odradek does not have. */
export const kafkaStorage: KafkaTool = {
  options: [
    { name: 'config', value: 'file', description: 'taken, and not needed' },
    { name: 'cluster-id', value: 'id', description: 'taken, and not needed' },
    { name: 'c', value: 'file', description: 'the same as --config' },
    { name: 't', value: 'id', description: 'the same as --cluster-id' },
    { name: 'ignore-formatted', description: 'taken, and not needed' },
    { name: 'g', description: 'the same as --ignore-formatted' },
    { name: 'release-version', value: 'version', description: 'taken, and not needed' },
    { name: 'r', value: 'version', description: 'the same as --release-version' },
    { name: 'feature', value: 'name=level', description: 'taken, and not needed' },
    { name: 'add-scram', value: 'user', description: 'taken, and not needed: odradek user create' },
    { name: 'standalone', description: 'taken, and not needed' },
    { name: 'no-initial-controllers', description: 'taken, and not needed' },
    { name: 'initial-controllers', value: 'list', description: 'taken, and not needed' },
  ],
  async run(given, tool) {
    const [action = ''] = given.rest
    if (action === 'random-uuid') {
      await tool.print(randomUuid(await tool.env()))
      return 0
    }
    if (ofKraft.includes(action)) {
      throw new ToolError(
        'REFUSED',
        `kafka-storage ${action} is about the directories of KRaft. Those of Odradek need no formatting: start it with odradek up, or odradek broker --config server.properties; odradek doctor looks at them.`,
      )
    }
    throw new ToolError('USAGE', `a command is needed: random-uuid (${ofKraft.join(', ')} are of KRaft alone)`)
  },
}
