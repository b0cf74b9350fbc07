import { readTextFile } from '../read-file.ts'
import { executionError, javaError } from './java-error.ts'
import { commandConfig } from './kafka-tool.ts'
import type { KafkaTool } from './kafka-tool.ts'
import { cancel, execute, generate, list, verify } from './reassign/actions.ts'
import { ToolError } from './tool-error.ts'
import type { ToolArguments } from './tool-options.ts'

/** Each action with what it has to have, and what it may have. */
const actions: Readonly<Record<string, { readonly required: readonly string[]; readonly allowed: readonly string[] }>> =
  {
    generate: { required: ['topics-to-move-json-file', 'broker-list'], allowed: ['disable-rack-aware'] },
    execute: {
      required: ['reassignment-json-file'],
      allowed: ['additional', 'throttle', 'replica-alter-log-dirs-throttle', 'timeout'],
    },
    verify: { required: ['reassignment-json-file'], allowed: ['preserve-throttles'] },
    cancel: { required: ['reassignment-json-file'], allowed: ['preserve-throttles', 'timeout'] },
    list: { required: [], allowed: [] },
  }
const timeoutMsDefault = 10_000

/** kafka-reassign-partitions */
export const kafkaReassignPartitions: KafkaTool = {
  options: [
    { name: 'bootstrap-server', value: 'host:port,...', description: 'brokers of the cluster' },
    commandConfig,
    { name: 'generate', description: 'propose where the partitions of topics could be' },
    { name: 'execute', description: 'begin to move partitions' },
    { name: 'verify', description: 'print how far it is, and remove throttles when it is done' },
    { name: 'cancel', description: 'stop what is under way' },
    { name: 'list', description: 'print what is under way' },
    {
      name: 'reassignment-json-file',
      value: 'file',
      description:
        '{"partitions": [{"topic": "t", "partition": 0, "replicas": [1, 2], "log_dirs": ["any", "any"]}], "version": 1}',
    },
    { name: 'topics-to-move-json-file', value: 'file', description: '{"topics": [{"topic": "t"}], "version": 1}' },
    { name: 'broker-list', value: '1,2,...', description: 'the brokers that --generate may use' },
    { name: 'disable-rack-aware', description: 'propose without a look at racks' },
    { name: 'throttle', value: 'bytes', description: 'bytes a second that moves between brokers may take' },
    {
      name: 'replica-alter-log-dirs-throttle',
      value: 'bytes',
      description: 'the same between directories of a broker',
    },
    {
      name: 'timeout',
      value: 'ms',
      description: 'how long moves between directories may take to begin; default 10000',
    },
    { name: 'additional', description: 'although others are under way' },
    { name: 'preserve-throttles', description: 'let throttles be' },
  ],
  async run(given, tool) {
    const action = checkArguments(given)
    const env = await tool.env()
    const text = (option: string): string => readTextFile(env, given.value(option) ?? '')
    const timeoutMs = given.number('timeout') ?? timeoutMsDefault
    const keepsThrottles = given.has('preserve-throttles')
    try {
      await tool.admin(async (admin) => {
        switch (action) {
          case 'list':
            return list(admin, tool)
          case 'verify':
            return verify(admin, tool, text('reassignment-json-file'), keepsThrottles)
          case 'cancel':
            return cancel(env, admin, tool, text('reassignment-json-file'), { keepsThrottles, timeoutMs })
          case 'generate':
            return generate(env, admin, tool, {
              topicsJson: text('topics-to-move-json-file'),
              brokerList: given.value('broker-list') ?? '',
              isRackAware: !given.has('disable-rack-aware'),
            })
          default:
            return execute(env, admin, tool, text('reassignment-json-file'), {
              isAdditional: given.has('additional'),
              throttle: given.number('throttle') ?? -1,
              logDirThrottle: given.number('replica-alter-log-dirs-throttle') ?? -1,
              timeoutMs,
            })
        }
      })
      return 0
    } catch (error) {
      if (!(error instanceof ToolError) || error.code === 'USAGE') throw error
      await tool.print(error.message)
      return 1
    }
  },
  async failed(error, tool) {
    await tool.print(`Error: ${javaError(error)}`, executionError(error))
    return 1
  },
}

function checkArguments(given: ToolArguments): string {
  const names = Object.keys(actions)
  const [action = '', ...others] = names.filter((name) => given.has(name))
  if (action === '' || others.length > 0) {
    throw new ToolError(
      'USAGE',
      `Command must include exactly one action: ${names.map((name) => `--${name}`).join(', ')}`,
    )
  }
  if (!given.has('bootstrap-server')) throw new ToolError('USAGE', 'Please specify --bootstrap-server')
  const { required, allowed } = actions[action] ?? { required: [], allowed: [] }
  const missing = required.find((name) => !given.has(name))
  if (missing !== undefined) throw new ToolError('USAGE', `Missing required argument "[${missing}]"`)
  const fitting = [action, 'bootstrap-server', 'command-config', ...required, ...allowed]
  const other = given.order.find((name) => !fitting.includes(name))
  if (other !== undefined) throw new ToolError('USAGE', `Option "[${other}]" can't be used with action "[${action}]"`)
  return action
}
