import { QueueCallError } from '../errors.js'
import type { Finding } from '../finding.js'
import type { QueueOperation, QueuePort } from '../queue/port.js'

// No queue gives out such a handle: SQS judges the permission first, then refuses the handle, and nothing has changed.
const NO_RECEIPT = 'longshore-doctor'

const ACTIONS = {
  DeleteMessageBatch: 'sqs:DeleteMessage',
  ChangeMessageVisibilityBatch: 'sqs:ChangeMessageVisibility',
} as const

/**
 * Whether this process may delete and change visibilities: two calls with a receipt that no queue has given. Whether it
 * may receive or send cannot be known without doing so.
 */
export async function checkPermissions(port: QueuePort, stop: AbortSignal): Promise<Finding[]> {
  const change = { receiptHandle: NO_RECEIPT, visibilityTimeoutSeconds: 0 }
  const findings = await Promise.all([
    denial('DeleteMessageBatch', port.deleteBatch([NO_RECEIPT], stop)),
    denial('ChangeMessageVisibilityBatch', port.changeVisibilityBatch([change], stop)),
  ])
  return findings.filter((finding) => finding !== undefined)
}

async function denial(
  operation: QueueOperation & keyof typeof ACTIONS,
  call: Promise<unknown>,
): Promise<Finding | undefined> {
  try {
    await call
    return undefined
  } catch (error) {
    if (!(error instanceof QueueCallError && error.reason === 'denied')) return undefined
    return permissionDenied(ACTIONS[operation], error)
  }
}

export function permissionDenied(action: string, error: QueueCallError): Finding {
  return {
    code: 'permission-denied',
    severity: 'problem',
    found: error.message,
    expected: `${action} on the queue: without it messages are handled over and over, or not at all`,
    fix: `Allow ${action} in the task role's policy, and in the queue's own where it has one.`,
  }
}
