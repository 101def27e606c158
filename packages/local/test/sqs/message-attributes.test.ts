import { describe, expect, it } from 'vitest'

import { attributesBytes, md5OfAttributes, readMessageAttributes } from '../../src/sqs/message-attributes.js'
import type { MessageAttributes } from '../../src/sqs/message-attributes.js'

const text = (StringValue: string): { DataType: string; StringValue: string } => ({
  DataType: 'String',
  StringValue,
})
const read = (attribute: object): MessageAttributes | undefined =>
  readMessageAttributes({ MessageAttributes: { name: attribute } }, 'MessageAttributes')

describe('the MD5 of message attributes', () => {
  // Recorded from AWS.
  const trace = 'traceparent\u001e00-774062d6c37081a5a0b9b5b88e30627c-2d2482211f6489da-01'
  const recorded: [string, MessageAttributes][] = [
    [
      '4c360f3fdafd970e05fae2f149d997f5',
      { 'Help.Me': text('Me'), Hello: text('There'), General: text('Kenobi') },
    ],
    ['fca026605781cb4126a1e9044df24232', { General: text('Kenobi'), Hello: text('There') }],
    ['a311262e065454b75da111d535b8dacd', { Hello: text('There') }],
    ['83fee93c1bcd8b9a5a923ffacdc636c7', { Hello: text('There'), 'Help.Me': text('Me') }],
    ['ae7155c6026991b6d54b11589678bf9c', { Foo: text('Bar') }],
    [
      '8cbe4db156db8a94db8b801b7addb984',
      { attr1: { DataType: 'Binary', BinaryValue: Buffer.from(trace).toString('base64') } },
    ],
  ]

  it.each(recorded)('is %s, as AWS computed it', (digest, attributes) => {
    expect(md5OfAttributes(attributes)).toBe(digest)
  })

  it('is absent where there are no attributes', () => {
    expect(md5OfAttributes(undefined)).toBeUndefined()
  })
})

describe('a message’s attributes', () => {
  it('count names, types and values in bytes; binary values as their bytes', () => {
    const attributes = {
      é: text('ü'),
      b: { DataType: 'Binary', BinaryValue: Buffer.from([1, 2, 3]).toString('base64') },
    }
    expect(attributesBytes(attributes)).toBe(2 + 6 + 2 + (1 + 6 + 3))
  })

  it('keep custom types', () => {
    for (const DataType of ['String', 'Number.float', 'String.a.b', 'Number.']) {
      const attribute = { DataType, StringValue: '1' }
      if (DataType.endsWith('.')) expect(() => read(attribute)).toThrow('type')
      else expect(read(attribute)).toEqual({ name: attribute })
    }
  })

  it('take numbers of up to 38 digits between 10^-128 and 10^126', () => {
    for (const good of ['0', '-1', '+1.5', '.5', '5.', '1e126', '-1e-128', '9'.repeat(38), '0.0']) {
      expect(read({ DataType: 'Number', StringValue: good })).toBeDefined()
    }
    for (const bad of ['', 'one', '1e127', '1e-129', '9'.repeat(39), '0x10', 'NaN', '1 ', '--1']) {
      expect(() => read({ DataType: 'Number', StringValue: bad })).toThrow("'name'")
    }
  })

  it('refuse what is not base64, and the value of the other kind', () => {
    expect(() => read({ DataType: 'Binary', BinaryValue: 'no base64!' })).toThrow('base64')
    expect(() => read({ DataType: 'Binary', StringValue: 'text' })).toThrow('non-empty')
    expect(() => read({ DataType: 'String', BinaryValue: 'AAAA' })).toThrow('non-empty')
  })
})
