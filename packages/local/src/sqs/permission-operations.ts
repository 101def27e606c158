import type { Operation } from '../server/service.js'
import { invalidValue, missingParameter, overLimit } from './errors.js'
import { requiredText, textList } from './input.js'
import type { Input } from './input.js'
import type { QueueRegistry } from './queue-registry.js'

const MAX_ACTIONS = 7
const LABEL = /^[A-Za-z0-9_-]{1,80}$/
const ACCOUNT_ID = /^\d{12}$/
/** What an owner can allow others ("Overview of managing access in Amazon SQS", and `*`). */
const ACTIONS: ReadonlySet<string> = new Set([
  '*',
  'ChangeMessageVisibility',
  'DeleteMessage',
  'GetQueueAttributes',
  'GetQueueUrl',
  'ListDeadLetterSourceQueues',
  'PurgeQueue',
  'ReceiveMessage',
  'SendMessage',
])

/** What SQS has besides, some of it since permissions were last thought of. */
const OWNERS_ACTIONS: ReadonlySet<string> = new Set([
  'AddPermission',
  'CancelMessageMoveTask',
  'CreateQueue',
  'DeleteQueue',
  'ListMessageMoveTasks',
  'ListQueues',
  'ListQueueTags',
  'RemovePermission',
  'SetQueueAttributes',
  'StartMessageMoveTask',
  'TagQueue',
  'UntagQueue',
])

interface Statement {
  readonly Sid?: string
}

interface Policy {
  readonly Version?: string
  readonly Id?: string
  readonly Statement: readonly Statement[]
}

/** AddPermission and RemovePermission: statements of the queue's Policy attribute, kept and not enforced. */
export function permissionOperations(queues: QueueRegistry): Record<string, Operation> {
  const change = (input: Input, changed: (policy: Policy, label: string, arn: string) => Policy): void => {
    const queue = queues.byUrl(requiredText(input, 'QueueUrl'))
    const label = requiredText(input, 'Label')
    const policy = changed(readPolicy(queue.attributes.get('Policy'), queue.arn), label, queue.arn)
    // A policy of no statement is none.
    const text = policy.Statement.length === 0 ? '' : JSON.stringify(policy)
    queues.configure(queue, new Map([['Policy', text]]))
  }
  return {
    AddPermission: (input) =>
      change(input, (policy, label, arn) => withStatement(policy, input, { label, arn })),
    RemovePermission: (input) => change(input, withoutStatement),
  }
}

function readPolicy(text: string | undefined, arn: string): Policy {
  if (text === undefined) return { Version: '2008-10-17', Id: `${arn}/SQSDefaultPolicy`, Statement: [] }
  const policy = Object(JSON.parse(text)) as { Statement?: Statement | Statement[] }
  return { ...policy, Statement: [policy.Statement ?? []].flat() }
}

function withStatement(
  policy: Policy,
  input: Input,
  { label, arn }: { readonly label: string; readonly arn: string },
): Policy {
  if (!LABEL.test(label)) {
    const reason =
      'Label can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length.'
    throw invalidValue('Label', label, reason)
  }
  const principals = readAccounts(input).map((accountId) => `arn:aws:iam::${accountId}:root`)
  const actions = readActions(input).map((action) => `SQS:${action}`)
  if (policy.Statement.some(({ Sid }) => Sid === label)) throw invalidValue('Label', label, 'Already exists.')
  const statement = {
    Sid: label,
    Effect: 'Allow',
    Principal: { AWS: oneOrAll(principals) },
    Action: oneOrAll(actions),
    Resource: arn,
  }
  return { ...policy, Statement: [...policy.Statement, statement] }
}

function withoutStatement(policy: Policy, label: string): Policy {
  const Statement = policy.Statement.filter(({ Sid }) => Sid !== label)
  if (Statement.length < policy.Statement.length) return { ...policy, Statement }
  const where = policy.Statement.length === 0 ? '' : ' on existing policy'
  throw invalidValue('Label', label, `can't find label${where}.`)
}

function readAccounts(input: Input): string[] {
  const accountIds = textList(input, 'AWSAccountIds')
  if (accountIds.length > 0 && accountIds.every((id) => ACCOUNT_ID.test(id))) return accountIds
  throw invalidValue('PrincipalId', `[${accountIds.join(', ')}]`, 'Unable to verify.')
}

function readActions(input: Input): string[] {
  const actions = textList(input, 'Actions')
  if (actions.length === 0) throw missingParameter('Actions')
  if (actions.length > MAX_ACTIONS) {
    throw overLimit(`${actions.length} Actions were found, maximum allowed is ${MAX_ACTIONS}.`)
  }
  const wrong = actions.find((action) => !ACTIONS.has(action))
  if (wrong === undefined) return actions
  const reason = OWNERS_ACTIONS.has(wrong)
    ? 'Only the queue owner is allowed to invoke this action.'
    : 'Please refer to the appropriate WSDL for a list of valid actions. '
  throw invalidValue('ActionName', `SQS:${wrong}`, reason)
}

/** As AWS writes policies: one value stands alone. */
function oneOrAll(values: readonly string[]): string | readonly string[] | undefined {
  return values.length === 1 ? values[0] : values
}
