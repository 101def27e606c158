import { describe, expect, it } from 'vitest'

import { FifoOrder } from '../../src/sqs/fifo-order.js'
import { MessageStore } from '../../src/sqs/message-store.js'
import { storedMessage } from '../../src/sqs/message.js'
import type { StoredMessage } from '../../src/sqs/message.js'

const REACH = 3

/** A message of the group that its id begins with. */
function message(id: string): StoredMessage {
  const sent = {
    id,
    body: id,
    md5OfBody: '',
    attributes: undefined,
    md5OfAttributes: undefined,
    sizeBytes: 1,
    senderId: 'me',
    sentAtMs: 0,
    groupId: id.slice(0, 1),
    deduplicationId: id,
    sequenceNumber: id,
    traceHeader: undefined,
  }
  return storedMessage(sent, 0)
}

function storeOf(...ids: readonly string[]): MessageStore {
  const store = new MessageStore(new FifoOrder(REACH))
  for (const id of ids) store.add(message(id))
  return store
}

/** Takes up to `maximum` messages. */
function take(store: MessageStore, maximum = 10): string[] {
  const taken: string[] = []
  for (const candidate of store.candidates()) {
    store.hide(candidate, 1_000)
    taken.push(candidate.id)
    if (taken.length === maximum) break
  }
  return taken
}

function remove(store: MessageStore, ...ids: readonly string[]): void {
  for (const id of ids) {
    const found = store.find(id)
    if (found !== undefined) store.remove(found)
  }
}

describe('a FIFO queue’s receives', () => {
  it('find no group behind a backlog that is as long as their reach', () => {
    const store = storeOf('a1', 'a2', 'a3', 'b1', 'b2')
    expect(take(store, 2)).toEqual(['a1', 'a2'])
    expect(take(store)).toEqual([])
    remove(store, 'a1')
    expect(take(store)).toEqual(['b1'])
  })

  it('take no message of a group that lies beyond their reach', () => {
    const store = storeOf('a1', 'b1', 'b2', 'b3')
    expect(take(store)).toEqual(['a1', 'b1', 'b2'])
    remove(store, 'a1', 'b1', 'b2')
    expect(take(store)).toEqual(['b3'])
  })

  it('reach as far again when messages beyond have gone, and for messages that come later', () => {
    const store = storeOf('a1', 'a2', 'a3', 'b1', 'c1', 'd1')
    remove(store, 'b1')
    expect(take(store)).toEqual(['a1', 'a2', 'a3'])
    remove(store, 'a1', 'a2')
    expect(take(store)).toEqual(['c1', 'd1'])
    remove(store, 'a3', 'c1', 'd1')
    for (const id of ['e1', 'e2', 'e3', 'f1']) store.add(message(id))
    expect(take(store)).toEqual(['e1', 'e2', 'e3'])
    store.clear()
    store.add(message('g1'))
    expect(take(store)).toEqual(['g1'])
  })

  it('keep reaching on over many messages', () => {
    const store = storeOf(...Array.from({ length: 5_000 }, (_, index) => `a${index}`), 'b1')
    for (let index = 0; index < 4_998; index++) remove(store, `a${index}`)
    expect(take(store)).toEqual(['a4998', 'a4999', 'b1'])
  })
})
