import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { CborError, decodeCbor } from '../../../src/server/protocols/cbor-reader.js'
import { CborDouble, CborTimestamp, encodeCbor } from '../../../src/server/protocols/cbor-writer.js'

const hex = (text: string): Buffer => Buffer.from(text, 'hex')

/** RFC 8949, appendix A: the examples whose values JSON can say. */
const EXAMPLES: readonly (readonly [bytes: string, value: unknown])[] = [
  ['00', 0],
  ['01', 1],
  ['0a', 10],
  ['17', 23],
  ['1818', 24],
  ['1819', 25],
  ['1864', 100],
  ['1903e8', 1_000],
  ['1a000f4240', 1_000_000],
  ['1b000000e8d4a51000', 1_000_000_000_000],
  ['1bffffffffffffffff', 2 ** 64],
  ['20', -1],
  ['29', -10],
  ['3863', -100],
  ['3903e7', -1_000],
  ['f90000', 0],
  ['f98000', -0],
  ['f93c00', 1],
  ['fb3ff199999999999a', 1.1],
  ['f93e00', 1.5],
  ['f97bff', 65_504],
  ['fa47c35000', 100_000],
  ['fa7f7fffff', 3.402_823_466_385_288_6e38],
  ['fb7e37e43c8800759c', 1e300],
  ['f90001', 5.960_464_477_539_063e-8],
  ['f90400', 0.000_061_035_156_25],
  ['f9c400', -4],
  ['fbc010666666666666', -4.1],
  ['f97c00', Infinity],
  ['f97e00', NaN],
  ['f9fc00', -Infinity],
  ['fa7f800000', Infinity],
  ['fb7ff8000000000000', NaN],
  ['fbfff0000000000000', -Infinity],
  ['f4', false],
  ['f5', true],
  ['f6', null],
  ['f7', null],
  ['c11a514b67b0', 1_363_896_240],
  ['c1fb41d452d9ec200000', 1_363_896_240.5],
  ['d74401020304', 'AQIDBA=='],
  ['40', ''],
  ['4401020304', 'AQIDBA=='],
  ['60', ''],
  ['6161', 'a'],
  ['6449455446', 'IETF'],
  ['62225c', '"\\'],
  ['62c3bc', 'ü'],
  ['63e6b0b4', '水'],
  ['64f0908591', '\ud800\udd51'],
  ['80', []],
  ['83010203', [1, 2, 3]],
  ['8301820203820405', [1, [2, 3], [4, 5]]],
  [
    `98190102030405060708090a0b0c0d0e0f101112131415161718181819`,
    Array.from({ length: 25 }, (_, at) => at + 1),
  ],
  ['a0', {}],
  ['a26161016162820203', { a: 1, b: [2, 3] }],
  ['826161a161626163', ['a', { b: 'c' }]],
  ['5f42010243030405ff', 'AQIDBAU='],
  ['7f657374726561646d696e67ff', 'streaming'],
  ['9fff', []],
  ['9f018202039f0405ffff', [1, [2, 3], [4, 5]]],
  ['83018202039f0405ff', [1, [2, 3], [4, 5]]],
  ['bf61610161629f0203ffff', { a: 1, b: [2, 3] }],
  ['826161bf61626163ff', ['a', { b: 'c' }]],
]

describe('reading CBOR', () => {
  it.each(EXAMPLES)('reads the RFC’s example %s', (bytes, value) => {
    expect(decodeCbor(hex(bytes))).toEqual(value)
  })

  it.each([
    ['', 'An end before its time at byte 0.'],
    ['1a0000', 'An end before its time at byte 1.'],
    ['61', 'An end before its time at byte 1.'],
    ['5bffffffffffffffff00', 'An end before its time at byte 9.'],
    ['9bffffffffffffffff00', 'An end before its time at byte 10.'],
    ['0000', 'More than one value at byte 1.'],
    ['ff', 'A break outside of an indefinite length at byte 0.'],
    ['8201ff', 'A break inside a definite length at byte 2.'],
    ['bf6161ff', 'A break outside of an indefinite length at byte 3.'],
    ['a10102', 'A map whose key is no text at byte 1.'],
    ['1c', 'An invalid length at byte 0.'],
    ['1f', 'An invalid length at byte 0.'],
    ['df00', 'An invalid length at byte 0.'],
    ['7f4100ff', 'A piece of another kind inside a string at byte 1.'],
    ['7f7fffff', 'An invalid length at byte 1.'],
    ['f8ff', 'A simple value that has no meaning here at byte 0.'],
    [`${'81'.repeat(10_000)}00`, 'More than 64 levels at byte 64.'],
    [`${'c1'.repeat(10_000)}00`, 'More than 64 levels at byte 64.'],
  ])('refuses %s', (bytes, message) => {
    expect(() => decodeCbor(hex(bytes))).toThrow(CborError)
    expect(() => decodeCbor(hex(bytes))).toThrow(message)
  })

  it('takes no key for more than it is', () => {
    const value = decodeCbor(hex('a1695f5f70726f746f5f5fa0')) as object
    expect(Object.keys(value)).toEqual(['__proto__'])
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype)
  })

  it('ends with a value or a CborError, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        try {
          decodeCbor(bytes)
        } catch (error) {
          expect(error).toBeInstanceOf(CborError)
        }
      }),
      { numRuns: 5_000, seed: 7 },
    )
  })
})

describe('writing CBOR', () => {
  it('is read back as what was written', () => {
    const leaf = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.boolean(),
      fc.constant(null),
      fc.double(),
      fc.maxSafeInteger(),
    )
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 6 },
        leaf,
        fc.array(tie('value'), { maxLength: 40 }),
        fc.dictionary(fc.string(), tie('value'), { maxKeys: 40 }),
      ),
    }))
    fc.assert(
      fc.property(value, (written) => {
        expect(decodeCbor(encodeCbor(written))).toEqual(written)
      }),
      { numRuns: 500, seed: 7 },
    )
  })

  it.each(EXAMPLES.filter(([bytes, value]) => /^[0-3]/.test(bytes) && Number.isSafeInteger(value)))(
    'writes integers in the fewest bytes: %s',
    (bytes, value) => {
      expect(encodeCbor(value).toString('hex')).toBe(bytes)
    },
  )

  it('writes doubles as doubles, timestamps as tag 1, bytes as bytes, and leaves out what is undefined', () => {
    expect(encodeCbor(new CborDouble(1)).toString('hex')).toBe('fb3ff0000000000000')
    expect(encodeCbor(new CborTimestamp(1_363_896_240.5)).toString('hex')).toBe('c1fb41d452d9ec200000')
    expect(encodeCbor(Uint8Array.of(1, 2, 3, 4)).toString('hex')).toBe('4401020304')
    expect(encodeCbor({ a: undefined, b: 1 }).toString('hex')).toBe('a1616201')
    expect(encodeCbor('x'.repeat(70_000)).subarray(0, 5).toString('hex')).toBe('7a00011170')
  })

  it('refuses what CBOR has no form for', () => {
    expect(() => encodeCbor(() => {})).toThrow('CBOR has no function.')
  })
})
