import { expect, test } from 'vitest'
import { Lanes } from '../../src/admit/lanes.js'

interface Item {
  readonly name: string
  readonly group?: string
  readonly isUrgent?: boolean
}

function lanes(rules: { perGroup?: number; isOrdered?: boolean; batchSize?: number } = {}): Lanes<Item> {
  const { perGroup = Infinity, isOrdered = false, batchSize = 1 } = rules
  return new Lanes({
    groupOf: ({ group }) => group,
    perGroup,
    batchSize,
    budgets: undefined,
    isOrdered,
    isUrgent: ({ isUrgent = false }) => isUrgent,
    startsAlone: () => false,
  })
}

function add(to: Lanes<Item>, ...names: string[]): Item[] {
  // 'a1' is of group a, '-1' of none.
  const items = names.map((name): Item =>
    name.startsWith('-') ? { name } : { name, group: name.slice(0, 1) },
  )
  for (const item of items) to.add(item)
  return items
}

function takeAll(from: Lanes<Item>): string[] {
  const taken: string[] = []
  for (let items = from.take(); items.length > 0; items = from.take()) {
    taken.push(items.map(({ name }) => name).join(' '))
  }
  return taken
}

test('groups take turns, and each without a group counts as one', () => {
  const it = lanes()
  add(it, 'a1', 'a2', 'a3', 'a4', 'b1', '-1', '-2', 'b2')
  expect(takeAll(it)).toEqual(['a1', 'b1', '-1', '-2', 'a2', 'b2', 'a3', 'a4'])
})

test('a group at its limit waits for one of its own to end', () => {
  const it = lanes({ perGroup: 2 })
  const [first] = add(it, 'a1', 'a2', 'a3', 'a4', 'b1')
  expect(takeAll(it)).toEqual(['a1', 'b1', 'a2'])
  expect(it).toMatchObject({ waiting: 2, startable: 0 })
  if (first !== undefined) it.end(first)
  expect(it).toMatchObject({ waiting: 2, startable: 1 })
  expect(takeAll(it)).toEqual(['a3'])
})

test('what is urgent starts first, though never out of its group’s order', () => {
  const free = lanes()
  add(free, 'a1', 'a2', 'b1')
  free.add({ name: 'a!', group: 'a', isUrgent: true })
  expect(takeAll(free)).toEqual(['a!', 'b1', 'a1', 'a2'])
  const ordered = lanes({ isOrdered: true, perGroup: 1 })
  const [, b1] = add(ordered, 'a1', 'b1')
  ordered.add({ name: 'b!', group: 'b', isUrgent: true })
  add(ordered, 'c1')
  expect([ordered.take()[0]?.name, ordered.take()[0]?.name]).toEqual(['a1', 'b1'])
  if (b1 !== undefined) ordered.end(b1)
  expect(takeAll(ordered)).toEqual(['b!', 'c1'])
})

test('what is taken out of a group, or out of all, never starts', () => {
  const it = lanes({ perGroup: 1, isOrdered: true })
  const [a1, a2] = add(it, 'a1', 'a2', 'a3', 'b1', '-1')
  expect(it.take()).toEqual([a1])
  if (a1 === undefined || a2 === undefined) throw new Error('There are two.')
  expect(it.removeGroupOf(a1).map(({ name }) => name)).toEqual(['a2', 'a3'])
  expect([it.remove(a1), it.remove(a2)]).toEqual([false, false])
  expect(it.removeAll().map(({ name }) => name)).toEqual(['b1', '-1'])
  expect(it).toMatchObject({ waiting: 0, startable: 0 })
  it.end(a1)
  add(it, 'a4')
  expect(takeAll(it)).toEqual(['a4'])
})

test('a batch takes from the groups in turn, no more of each than may run', () => {
  const it = lanes({ batchSize: 4, perGroup: 2 })
  add(it, 'a1', 'a2', 'a3', 'b1', '-1', '-2')
  expect(it.startable).toBe(5)
  expect(it.take().map(({ name }) => name)).toEqual(['a1', 'b1', '-1', '-2'])
  expect(it).toMatchObject({ waiting: 2, startable: 1 })
})

test('a batch takes what it can of an ordered group, and the rest waits until the batch is over', () => {
  const it = lanes({ batchSize: 5, isOrdered: true, perGroup: 1 })
  const [a1, a2, , , , b1] = add(it, 'a1', 'a2', 'a3', 'a4', 'a5', 'b1', 'b2')
  expect(it.take().map(({ name }) => name)).toEqual(['a1', 'b1', 'a2', 'b2', 'a3'])
  expect(it).toMatchObject({ waiting: 2, startable: 0 })
  for (const item of [a1, a2, b1]) if (item !== undefined) it.end(item)
  expect(it.startable).toBe(0)
  expect(it.take()).toEqual([])
})
