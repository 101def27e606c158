import { elasticMqDifferences } from '../independent/elasticmq-differences.js'
import { motoDifferences } from '../independent/moto-differences.js'

/** One rule that another implementation breaks. AWS is right in every row; the rule stays as it is for all others. */
export interface KnownDifference {
  /** The implementation, as `LONGSHORE_CONTRACT_TARGET` names it. */
  readonly target: 'localstack' | 'moto' | 'elasticmq'
  /** The rule's name in the contract suite. */
  readonly rule: string
  /** What that implementation does instead. */
  readonly does: string
  readonly right: 'AWS'
  /** Whether it fails is a matter of luck, so the rule isn't tried there. */
  readonly byChance?: true
}

function localstack(rule: string, does: string): KnownDifference {
  return { target: 'localstack', rule, does, right: 'AWS' }
}

/**
 * Where other implementations are known to differ from AWS (LocalStack 4.14.0, moto 5.2.3, ElasticMQ 1.7.1). Each of these rules is expected to
 * fail there: the run says so when one of them is mended.
 */
export const knownDifferences: readonly KnownDifference[] = [
  localstack('a VisibilityTimeout outside 0 to 43,200 is refused as a queue attribute', 'accepts it'),
  localstack('a MaximumMessageSize outside 1,024 to 1,048,576 is refused', 'accepts it'),
  localstack('a MessageRetentionPeriod outside 60 to 1,209,600 is refused', 'accepts it'),
  localstack('a DelaySeconds outside 0 to 900 is refused as a queue attribute', 'accepts it'),
  localstack('a ReceiveMessageWaitTimeSeconds outside 0 to 20 is refused', 'accepts it'),
  localstack('the name of a deleted queue cannot be used again for 60 seconds', 'creates it at once'),
  localstack('a second purge within 60 seconds is refused', 'purges again'),
  localstack('an entry with a forbidden character fails alone, by the sender’s fault', 'SenderFault: false'),
  localstack('a delete entry with a garbage handle fails alone, by the sender’s fault', 'SenderFault: false'),
  localstack(
    'a visibility entry with a garbage handle fails alone, by the sender’s fault',
    'SenderFault: false',
  ),
  localstack('a visibility entry above 43,200 seconds fails alone, by the sender’s fault', 'accepts it'),
  localstack('MaxNumberOfMessages outside 1 to 10 is refused', 'accepts it'),
  localstack('a visibility change above 43,200 seconds is refused', 'accepts it'),
  localstack('extensions beyond 12 hours from the receive are refused', 'accepts them'),
  localstack('a receive with a VisibilityTimeout above 43,200 is refused', 'accepts it'),
  localstack('a message’s DelaySeconds outside 0 to 900 is refused', 'accepts it'),
  localstack('ten attributes are accepted, eleven refused', 'accepts eleven'),
  localstack('a Number that is not one is refused', 'accepts it'),
  localstack('a long poll that the client aborts swallows no message', 'swallows one'),
  localstack('a RedrivePolicy that names a missing queue is refused', 'accepts it'),
  localstack('a throughput limit per group needs deduplication per group', 'accepts it'),
  localstack(
    'a DeduplicationScope, FifoThroughputLimit or ContentBasedDeduplication of another value is refused',
    'accepts it',
  ),
  localstack(
    'with the scope messageGroup a deduplication id is its group’s',
    'forgets a group’s id when another group uses it',
  ),
  localstack(
    'a message that is handed back behind one in flight stays locked until that comes again',
    'gives it at once, ahead of the one in flight',
  ),
  localstack('a visibility change after the timeout is refused on a FIFO queue', 'answers 200'),
  localstack('a batch entry with an expired handle fails alone, by the sender’s fault', 'SenderFault: false'),
  localstack(
    'a receive with the attempt id of an earlier one gives the same messages and handles',
    'takes no notice of attempt ids',
  ),
  localstack(
    'a moved FIFO message keeps its group, and has its id for a deduplication id',
    'keeps the deduplication id',
  ),
  localstack('a dead-letter queue is of the same type as its source', 'accepts another type'),
  localstack('a queue of denyAll is nobody’s dead-letter queue', 'takes no notice of the policy'),
  localstack(
    'a queue of byQueue is the dead-letter queue of the queues that it names',
    'takes no notice of the policy',
  ),
  localstack('a RedriveAllowPolicy of another form is refused', 'accepts it'),
  localstack('byQueue names one to ten queues, the other permissions none', 'accepts any'),
  localstack('a moved message is a new one: it has another id', 'keeps the id'),
  localstack('dead letters of a FIFO queue go back in their order', 'drops them as duplicates of themselves'),
  localstack(
    'a task whose destination is deleted fails and says why',
    'gives QueueDoesNotExist for a reason',
  ),
  localstack(
    'a message that was sent to the dead-letter queue itself has no source to go to',
    'gives AttributeError for a reason',
  ),
  localstack('a rate outside 1 to 500 is refused', 'accepts it'),
  {
    ...localstack('alarms are put, changed, set and deleted', 'cannot reach itself where it listens on ::1'),
    byChance: true,
  },
  localstack('a task is moved to a queue of its source’s type', 'accepts another type'),
  localstack('an action that only the owner has cannot be allowed', 'allows it'),
  localstack(
    'a quiet group’s message comes before the backlog of a noisy group',
    'takes no notice of groups',
  ),
  localstack('a handle that SQS did not give is refused', 'answers 400'),
  localstack('a handle of another queue is refused', 'answers 400'),
  ...motoDifferences,
  ...elasticMqDifferences,
]
