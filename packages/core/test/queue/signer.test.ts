import { createHash, createHmac } from 'node:crypto'
import { SignatureV4 } from '@smithy/signature-v4'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { CachingSigner } from '../../src/queue/signer.js'

interface Credentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
}

class Sha256 {
  readonly #hash
  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#hash = secret === undefined ? createHash('sha256') : createHmac('sha256', secret as Uint8Array)
  }
  update(bytes: Uint8Array): void {
    this.#hash.update(bytes)
  }
  digest(): Promise<Uint8Array> {
    return Promise.resolve(this.#hash.digest())
  }
  reset(): void {}
}

function signers(credentials: () => Credentials, region = 'eu-west-1') {
  const config = { credentials: async () => credentials(), region: async () => region, sha256: Sha256 }
  return {
    ours: new CachingSigner(() => config),
    theirs: new SignatureV4({ ...config, service: 'sqs' }),
  }
}

const request = (changes: object = {}) => ({
  method: 'POST',
  protocol: 'https:',
  hostname: 'sqs.eu-west-1.amazonaws.com',
  path: '/',
  query: {},
  headers: { host: 'sqs.eu-west-1.amazonaws.com', 'x-amz-target': 'AmazonSQS.ReceiveMessage' },
  body: '{}',
  ...changes,
})

const headerName = fc.oneof(
  fc.constantFrom(
    'host',
    'user-agent',
    'x-amzn-trace-id',
    'proxy-authorization',
    'sec-x',
    'X-Amz-Date',
    'date',
  ),
  fc.stringMatching(/^[a-z][a-z-]{0,12}$/),
  fc.stringMatching(/^[A-Za-z][A-Za-z-]{0,12}$/),
)
const anyRequest = fc.record({
  path: fc.oneof(fc.constantFrom('/', '/a/b', '/a//b/', '/a/../b'), fc.webPath()),
  query: fc.oneof(
    fc.constant({}),
    fc.dictionary(fc.string({ minLength: 1 }), fc.oneof(fc.string(), fc.array(fc.string()))),
  ),
  headers: fc.dictionary(headerName, fc.string({ unit: 'grapheme-ascii' })),
  body: fc.oneof(fc.constant(undefined), fc.string({ unit: 'grapheme' }), fc.uint8Array()),
})
const anyCredentials = fc.record(
  {
    accessKeyId: fc.stringMatching(/^A[A-Z0-9]{15}$/),
    secretAccessKey: fc.string({ minLength: 1 }),
    sessionToken: fc.base64String(),
  },
  { requiredKeys: ['accessKeyId', 'secretAccessKey'] },
)

test('random requests are signed as @smithy/signature-v4 signs them, by whatever credentials, on whatever day', async () => {
  let credentials: Credentials = { accessKeyId: '', secretAccessKey: '' }
  const { ours, theirs } = signers(() => credentials)
  await fc.assert(
    fc.asyncProperty(
      anyRequest,
      anyCredentials,
      fc.date({ min: new Date('2020-01-01'), max: new Date('2040-01-01'), noInvalidDate: true }),
      fc.option(fc.constantFrom('us-east-1', 'cn-north-1'), { nil: undefined }),
      async (given, each, signingDate, region) => {
        credentials = each
        const options = region === undefined ? { signingDate } : { signingDate, signingRegion: region }
        const signed = await ours.sign(request(given), options)
        expect(signed.headers).toEqual((await theirs.sign(request(given), options)).headers)
      },
    ),
    { numRuns: 300 },
  )
})

test('renewed credentials sign from the next request on, with their session token', async () => {
  let credentials: Credentials = { accessKeyId: 'A1', secretAccessKey: 'one', sessionToken: 'first' }
  const { ours, theirs } = signers(() => credentials)
  const signingDate = new Date('2026-03-01T12:00:00Z')
  const before = await ours.sign(request(), { signingDate })
  // The same key id with another secret is another credential.
  for (const next of [
    { accessKeyId: 'A1', secretAccessKey: 'two' },
    { accessKeyId: 'A2', secretAccessKey: 'two', sessionToken: 'second' },
  ]) {
    credentials = next
    const signed = await ours.sign(request(), { signingDate })
    expect(signed.headers).toEqual((await theirs.sign(request(), { signingDate })).headers)
    expect(signed.headers['x-amz-security-token']).toBe(next.sessionToken)
    expect(signed.headers.authorization).not.toBe(before.headers.authorization)
  }
})

test('the key changes at midnight of the corrected clock, and back with it', async () => {
  const { ours, theirs } = signers(() => ({ accessKeyId: 'A1', secretAccessKey: 'one' }))
  for (const text of ['2026-03-01T23:59:59.999Z', '2026-03-02T00:00:00Z', '2026-03-01T23:59:59Z']) {
    const options = { signingDate: new Date(text) }
    const { headers } = await ours.sign(request(), options)
    expect(headers).toEqual((await theirs.sign(request(), options)).headers)
  }
})

test('the request that is signed stays as it was', async () => {
  const { ours } = signers(() => ({ accessKeyId: 'A1', secretAccessKey: 'one' }))
  const given = request()
  await ours.sign(given, { signingDate: new Date('2026-03-01') })
  expect(given).toEqual(request())
})
