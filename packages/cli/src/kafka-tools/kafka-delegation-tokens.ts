import type { Admin, DelegationToken } from '@odradek/client'
import { executionError, javaError } from './java-error.ts'
import { commandConfig } from './kafka-tool.ts'
import type { KafkaTool, ToolRun } from './kafka-tool.ts'
import { dateText } from './performance/date-format.ts'
import { columnsLine } from './print-columns.ts'
import { refuseTogether, ToolError } from './tool-error.ts'
import type { ToolArguments } from './tool-options.ts'

const actions = ['create', 'renew', 'expire', 'describe']
const dateFormat = "yyyy-MM-dd'T'HH:mm"
const widths = [15, 30, 15, 15, 25, 15, 15, 15]

/** kafka-delegation-tokens */
export const kafkaDelegationTokens: KafkaTool = {
  options: [
    { name: 'bootstrap-server', value: 'host:port,...', description: 'brokers of the cluster' },
    commandConfig,
    { name: 'create', description: 'make a token' },
    { name: 'renew', description: 'let a token live longer' },
    { name: 'expire', description: 'end a token' },
    { name: 'describe', description: 'list tokens' },
    { name: 'owner-principal', optionalValue: 'type:name', description: 'the owner, or the owners to list' },
    { name: 'renewer-principal', optionalValue: 'type:name', description: 'who may renew it; as often as wanted' },
    {
      name: 'max-life-time-period',
      optionalValue: 'ms',
      description: 'how long it can live at most; -1 for what the broker says',
    },
    {
      name: 'renew-time-period',
      optionalValue: 'ms',
      description: 'how much longer it lives; -1 for what the broker says',
    },
    { name: 'expiry-time-period', optionalValue: 'ms', description: 'when it ends; -1 for at once' },
    { name: 'hmac', optionalValue: 'base64', description: 'the token' },
  ],
  async run(given, tool) {
    checkArguments(given)
    await tool.admin((admin) => {
      if (given.has('create')) return create(admin, given, tool)
      if (given.has('describe')) return describe(admin, given, tool)
      return prolong(admin, given.has('renew') ? 'renew' : 'expire', given, tool)
    })
    return 0
  },
  failed(error, tool) {
    tool.printError(`${javaError(error)}\n${executionError(error)}`)
    return Promise.resolve(1)
  },
}

function checkArguments(given: ToolArguments): void {
  const has = (name: string): boolean => given.has(name)
  if (actions.filter(has).length !== 1) {
    throw new ToolError('USAGE', 'Command must include exactly one action: --create, --renew, --expire or --describe')
  }
  const needed = [
    'bootstrap-server',
    'command-config',
    ...(has('create') ? ['max-life-time-period'] : []),
    ...(has('renew') ? ['hmac', 'renew-time-period'] : []),
    ...(has('expire') ? ['hmac', 'expiry-time-period'] : []),
  ]
  const missing = needed.find((name) => !has(name))
  if (missing !== undefined) throw new ToolError('USAGE', `Missing required argument "[${missing}]"`)
  refuseTogether(has, 'create', ['hmac', 'renew-time-period', 'expiry-time-period'])
  refuseTogether(has, 'renew', ['renewer-principal', 'max-life-time-period', 'expiry-time-period', 'owner-principal'])
  refuseTogether(has, 'expire', ['max-life-time-period', 'renew-time-period', 'owner-principal'])
  refuseTogether(has, 'describe', ['renew-time-period', 'max-life-time-period', 'hmac', 'expiry-time-period'])
}

async function create(admin: Admin, given: ToolArguments, tool: ToolRun): Promise<void> {
  const renewers = given.values('renewer-principal').map((text) => text.trim())
  const maxLifetimeMs = given.number('max-life-time-period') ?? -1
  await tool.print(
    `Calling create token operation with renewers :[${renewers.join(', ')}] , max-life-time-period :${maxLifetimeMs}`,
  )
  const [owner] = given.values('owner-principal')
  const token = await admin.createDelegationToken({
    renewers,
    maxLifetimeMs,
    ...(owner === undefined ? {} : { owner: owner.trim() }),
  })
  await tool.print(`Created delegation token with tokenId : ${token.tokenId}`)
  await printTokens([token], tool)
}

async function describe(admin: Admin, given: ToolArguments, tool: ToolRun): Promise<void> {
  const owners = given.values('owner-principal').map((text) => text.trim())
  await tool.print(
    owners.length === 0
      ? 'Calling describe token operation for current user.'
      : `Calling describe token operation for owners: [${owners.join(', ')}]`,
  )
  const tokens = await admin.describeDelegationToken(owners)
  await tool.context.terminal.write(`Total number of tokens : ${tokens.length}`)
  await printTokens(tokens, tool)
}

async function printTokens(tokens: readonly DelegationToken[], tool: ToolRun): Promise<void> {
  const header = ['TOKENID', 'HMAC', 'OWNER', 'REQUESTER', 'RENEWERS', 'ISSUEDATE', 'EXPIRYDATE', 'MAXDATE']
  const date = (ms: bigint | number): string => dateText(Number(ms), dateFormat)
  const rows = tokens.map((token) => [
    token.tokenId,
    Buffer.from(token.hmac).toString('base64'),
    token.owner,
    token.requester,
    `[${token.renewers.join(', ')}]`,
    date(token.issueTimestampMs),
    date(token.expiryTimestampMs),
    date(token.maxTimestampMs),
  ])
  for (const row of [header, ...rows]) await tool.print('', columnsLine(row, widths))
}

async function prolong(admin: Admin, action: 'renew' | 'expire', given: ToolArguments, tool: ToolRun): Promise<void> {
  const hmac = given.value('hmac') ?? ''
  const option = action === 'renew' ? 'renew-time-period' : 'expiry-time-period'
  const title = action === 'renew' ? 'renew-time-period' : 'expire-time-period'
  const periodMs = given.number(option) ?? -1
  await tool.print(`Calling ${action} token operation with hmac :${hmac} , ${title} :${periodMs}`)
  const bytes = Buffer.from(hmac, 'base64')
  const endMs =
    action === 'renew'
      ? await admin.renewDelegationToken(bytes, { renewPeriodMs: periodMs })
      : await admin.expireDelegationToken(bytes, { expiryPeriodMs: periodMs })
  await tool.context.terminal.write(
    `Completed ${action} operation. New expiry date : ${dateText(Number(endMs), dateFormat)}`,
  )
}
