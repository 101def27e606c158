import type { Operation } from '../server/service.js'
import { invalidParameter, invalidValue, missingParameter, queueDoesNotExist } from './errors.js'
import { optionalInteger, optionalText, requiredText, textList, textMap } from './input.js'
import type { Input } from './input.js'
import { checkAttributeNames } from './queue-attributes.js'
import type { QueueRegistry } from './queue-registry.js'
import type { Queue } from './queue.js'

const MAX_RESULTS = 1_000
const MAX_TAGS = 50

/** The operations on queues themselves: create, find, set up, tag, purge, delete. */
export function queueOperations(queues: QueueRegistry): Record<string, Operation> {
  const queueOf = (input: Input): Queue => queues.byUrl(requiredText(input, 'QueueUrl'))
  return {
    CreateQueue: (input, { origin }) => {
      const name = requiredText(input, 'QueueName')
      const tags = textMap(input, 'tags')
      checkTags(name, tags)
      const queue = queues.create(name, textMap(input, 'Attributes'), tags)
      return { QueueUrl: queues.urlOf(queue, origin) }
    },
    GetQueueUrl: (input, { origin }) => {
      const queue = queues.find(requiredText(input, 'QueueName'))
      const owner = optionalText(input, 'QueueOwnerAWSAccountId')
      const isOurs = owner === undefined || queue?.arn.split(':')[4] === owner
      if (queue === undefined || !isOurs) throw queueDoesNotExist()
      return { QueueUrl: queues.urlOf(queue, origin) }
    },
    ListQueues: (input, { origin }) => {
      const prefix = optionalText(input, 'QueueNamePrefix') ?? ''
      const found = queues.all().filter(({ name }) => name.startsWith(prefix))
      const { page, token } = pageOf(found, input)
      return compact({ QueueUrls: urls(queues, page, origin), NextToken: token })
    },
    ListDeadLetterSourceQueues: (input, { origin }) => {
      const { page, token } = pageOf(queues.sourcesOf(queueOf(input)), input)
      // This one list has a lower-case name on the wire, and is there when empty.
      return compact({ queueUrls: urls(queues, page, origin) ?? [], NextToken: token })
    },
    DeleteQueue: (input) => queues.delete(queueOf(input)),
    PurgeQueue: (input) => queueOf(input).purge(),
    GetQueueAttributes: (input) => {
      const names = textList(input, 'AttributeNames')
      checkAttributeNames(names)
      const attributes = Object.entries(allAttributes(queueOf(input)))
      const wanted = names.includes('All') ? attributes : attributes.filter(([name]) => names.includes(name))
      return wanted.length === 0 ? {} : { Attributes: Object.fromEntries(wanted) }
    },
    SetQueueAttributes: (input) => {
      const queue = queueOf(input)
      if ((input.Attributes ?? undefined) === undefined) throw missingParameter('Attributes')
      queues.configure(queue, textMap(input, 'Attributes'))
    },
    TagQueue: (input) => {
      const queue = queueOf(input)
      const tags = new Map([...queue.tags, ...textMap(input, 'Tags')])
      checkTags(queue.name, tags)
      for (const [key, value] of tags) queue.tags.set(key, value)
    },
    UntagQueue: (input) => {
      const queue = queueOf(input)
      for (const key of textList(input, 'TagKeys')) queue.tags.delete(key)
    },
    ListQueueTags: (input) => {
      const { tags } = queueOf(input)
      return tags.size === 0 ? {} : { Tags: Object.fromEntries(tags) }
    },
  }
}

function allAttributes(queue: Queue): Record<string, string> {
  const { visible, inFlight, delayed } = queue.counts()
  return {
    QueueArn: queue.arn,
    ApproximateNumberOfMessages: String(visible),
    ApproximateNumberOfMessagesNotVisible: String(inFlight),
    ApproximateNumberOfMessagesDelayed: String(delayed),
    CreatedTimestamp: String(Math.floor(queue.createdAtMs / 1_000)),
    LastModifiedTimestamp: String(Math.floor(queue.modifiedAtMs / 1_000)),
    ...Object.fromEntries(queue.attributes),
  }
}

/** A page of queues; the token is the last name of the page, so that a queue deleted meanwhile breaks nothing. */
function pageOf(found: readonly Queue[], input: Input): { page: Queue[]; token: string | undefined } {
  const maximum = optionalInteger(input, 'MaxResults')
  if (maximum !== undefined && (maximum < 1 || maximum > MAX_RESULTS)) {
    throw invalidValue('MaxResults', maximum, `MaxResults must be an integer between 1 and ${MAX_RESULTS}.`)
  }
  const after = Buffer.from(optionalText(input, 'NextToken') ?? '', 'base64').toString()
  const rest = found.filter(({ name }) => name > after)
  const page = rest.slice(0, maximum ?? MAX_RESULTS)
  const last = page.at(-1)
  const hasMore = maximum !== undefined && last !== undefined && rest.length > page.length
  return { page, token: hasMore ? Buffer.from(last.name).toString('base64') : undefined }
}

function urls(queues: QueueRegistry, page: readonly Queue[], origin: string): string[] | undefined {
  return page.length === 0 ? undefined : page.map((queue) => queues.urlOf(queue, origin))
}

function compact(answer: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(answer).filter(([, value]) => value !== undefined))
}

function checkTags(queueName: string, tags: ReadonlyMap<string, string>): void {
  if (tags.size > MAX_TAGS) throw invalidParameter(`Too many tags added for queue ${queueName}.`)
}
