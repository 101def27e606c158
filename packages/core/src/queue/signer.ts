import type { KeyObject } from 'node:crypto'
import { createHmac, createSecretKey, hash } from 'node:crypto'
import type { SQSClient, SQSClientConfig } from '@aws-sdk/client-sqs'
import { SignatureV4 } from '@smithy/signature-v4'

type RequestSigner = Extract<SQSClientConfig['signer'], { sign: unknown }>
type SignArguments = Parameters<RequestSigner['sign']>
type Request = SignArguments[0]
type Options = NonNullable<SignArguments[1]>

/** What signing asks of the client that it signs for: its credentials are renewed there, its region is decided there. */
export type SigningConfig = Pick<SQSClient['config'], 'credentials' | 'region' | 'sha256'>

const ALGORITHM = 'AWS4-HMAC-SHA256'
const SERVICE = 'sqs'
const DAY_MS = 86_400_000

// What proxies may change, and what the signature itself is made of, as in @smithy/signature-v4.
const UNSIGNED = new Set([
  'authorization',
  'cache-control',
  'connection',
  'expect',
  'from',
  'keep-alive',
  'max-forwards',
  'pragma',
  'referer',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'user-agent',
  'x-amzn-trace-id',
])
const MADE_HERE = new Set(['authorization', 'x-amz-date', 'date'])

const PLAIN_PATH = /^\/(?:[\w~-]+(?:\/[\w~-]+)*\/?)?$/
const PLAIN_NAME = /^[a-z\d-]+$/
const TO_NORMALIZE = /[\r\n\t]| {2}|^ | $/

interface Scope {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly region: string
  readonly service: string
  readonly day: number
  /** `20260102/eu-west-1/sqs/aws4_request` */
  readonly name: string
  readonly key: KeyObject
}

/**
 * Signature Version 4 of SQS's requests, as @smithy/signature-v4 makes it, with the key that is derived from the secret
 * kept for as long as the credentials, the day and the region stay the same. The instant comes with each request: the
 * client corrects it by how much its clock is off. Requests of another form than SQS's are left to that library.
 */
export class CachingSigner implements RequestSigner {
  readonly #config: () => SigningConfig
  #scope: Scope | undefined
  #general: SignatureV4 | undefined

  /** `config` is asked with the first request: the client that owns it takes its signer before it is complete. */
  constructor(config: () => SigningConfig) {
    this.#config = config
  }

  async sign(request: Request, options: Options = {}): Promise<Request> {
    const { signingDate } = options
    if (signingDate === undefined || !isPlain(request, options)) {
      return await this.#generalSigner().sign(request, options)
    }
    const config = this.#config()
    const credentials = await config.credentials()
    const region = options.signingRegion ?? (await config.region())
    const instant = new Date(signingDate)
    const service = options.signingService ?? SERVICE
    const scope = this.#scopeOf({ ...credentials, region, service, instant })
    const longDate = `${instant.toISOString().slice(0, 19).replace(/[-:]/g, '')}Z`

    const headers: Record<string, string> = {}
    for (const name in request.headers) {
      const value = request.headers[name]
      if (value !== undefined && !MADE_HERE.has(name)) headers[name] = value
    }
    headers['x-amz-date'] = longDate
    const { sessionToken = '' } = credentials
    if (sessionToken !== '') headers['x-amz-security-token'] = sessionToken
    const bodyHash = hash('sha256', bytesOf(request.body))
    headers['x-amz-content-sha256'] = bodyHash
    const { canonical, signedNames } = canonicalRequest(request, headers, bodyHash)
    const text = `${ALGORITHM}\n${longDate}\n${scope.name}\n${hash('sha256', canonical)}`
    const signature = createHmac('sha256', scope.key).update(text).digest('hex')
    const credential = `${credentials.accessKeyId}/${scope.name}`
    headers.authorization = `${ALGORITHM} Credential=${credential}, SignedHeaders=${signedNames}, Signature=${signature}`
    return { ...request, headers }
  }

  #scopeOf(
    given: Pick<Scope, 'accessKeyId' | 'secretAccessKey' | 'region' | 'service'> & { instant: Date },
  ): Scope {
    const { accessKeyId, secretAccessKey, region, service, instant } = given
    const day = Math.floor(instant.getTime() / DAY_MS)
    const last = this.#scope
    const isSame =
      last !== undefined &&
      last.secretAccessKey === secretAccessKey &&
      last.accessKeyId === accessKeyId &&
      last.day === day &&
      last.region === region &&
      last.service === service
    if (isSame) return last
    const parts = [instant.toISOString().slice(0, 10).replaceAll('-', ''), region, service, 'aws4_request']
    const start: Buffer = Buffer.from(`AWS4${secretAccessKey}`)
    const bytes = parts.reduce((key, part) => createHmac('sha256', key).update(part).digest(), start)
    // A KeyObject: with bytes for a key, each signature would import them anew.
    const key = createSecretKey(bytes)
    this.#scope = { accessKeyId, secretAccessKey, region, service, day, name: parts.join('/'), key }
    return this.#scope
  }

  #generalSigner(): SignatureV4 {
    const { credentials, region, sha256 } = this.#config()
    this.#general ??= new SignatureV4({ credentials, region, sha256, service: SERVICE })
    return this.#general
  }
}

/** Whether its canonical form needs no escaping. */
function isPlain({ path, query, headers, body }: Request, options: Options): boolean {
  if (options.signableHeaders !== undefined || options.unsignableHeaders !== undefined) return false
  if (
    !PLAIN_PATH.test(path) ||
    !(body === undefined || typeof body === 'string' || body instanceof Uint8Array)
  )
    return false
  for (const _ in query) return false
  for (const name in headers) if (!PLAIN_NAME.test(name) || name === 'x-amz-content-sha256') return false
  return true
}

function bytesOf(body: unknown): string | Uint8Array {
  return typeof body === 'string' || body instanceof Uint8Array ? body : ''
}

function canonicalRequest(
  { method, path }: Request,
  headers: Readonly<Record<string, string>>,
  bodyHash: string,
): { canonical: string; signedNames: string } {
  let lines = ''
  let signedNames = ''
  for (const name of Object.keys(headers).sort()) {
    if (UNSIGNED.has(name) || name.startsWith('proxy-') || name.startsWith('sec-')) continue
    lines += `${name}:${normalized(headers[name] ?? '')}\n`
    signedNames += signedNames === '' ? name : `;${name}`
  }
  return { canonical: `${method}\n${path}\n\n${lines}\n${signedNames}\n${bodyHash}`, signedNames }
}

function normalized(value: string): string {
  if (!TO_NORMALIZE.test(value)) return value
  return value
    .replace(/[\r\n]/g, ' ')
    .replace(/[ \t]+/g, ' ')
    .replace(/^ | $/g, '')
}
