/** What decides whether a message of a FIFO queue can be received. */
interface Grouped {
  readonly groupId: string | undefined
  /** Hidden before this instant. */
  readonly visibleAtMs: number
}

/**
 * What a receive may take from a FIFO queue, whose messages are given in the order of sending: the group whose turn it
 * is from its first message on, then the next. A hidden message holds back all that were sent after it to its group; a
 * group that gives messages back waits behind those that became visible before.
 */
export function inGroupOrder<Message extends Grouped>(
  messages: readonly Message[],
  nowMs: number,
): Message[] {
  const groups = new Map<string, Message[]>()
  for (const message of messages) {
    const group = groups.get(message.groupId ?? '')
    if (group === undefined) groups.set(message.groupId ?? '', [message])
    else group.push(message)
  }
  return [...groups.values()]
    .map((group) => visiblePrefix(group, nowMs))
    .filter((group) => group.length > 0)
    .toSorted(([a], [b]) => (a?.visibleAtMs ?? 0) - (b?.visibleAtMs ?? 0))
    .flat()
}

function visiblePrefix<Message extends Grouped>(
  group: readonly Message[],
  nowMs: number,
): readonly Message[] {
  const hidden = group.findIndex(({ visibleAtMs }) => visibleAtMs > nowMs)
  return hidden === -1 ? group : group.slice(0, hidden)
}
