import { receiptHandleIsInvalid } from './errors.js'

/** What a receipt handle names: one receive of one message of one queue. */
export interface ReceiptName {
  readonly queueKey: string
  readonly messageId: string
  readonly receipt: number
}

const FORM = /^([0-9a-f]+)\/([0-9a-f-]{36})\/(\d+)$/

/** Opaque to callers, as SQS's are: base64, different at each receive. */
export function writeReceiptHandle({ queueKey, messageId, receipt }: ReceiptName): string {
  return Buffer.from(`${queueKey}/${messageId}/${receipt}`).toString('base64')
}

/** @throws ReceiptHandleIsInvalid for anything that {@link writeReceiptHandle} did not write for this queue. */
export function readReceiptHandle(handle: string, queueKey: string): ReceiptName {
  const [, key, messageId, receipt] = FORM.exec(Buffer.from(handle, 'base64').toString()) ?? []
  if (key !== queueKey || messageId === undefined || receipt === undefined)
    throw receiptHandleIsInvalid(handle)
  return { queueKey: key, messageId, receipt: Number(receipt) }
}
