/** Whose state a call means. */
export interface Caller {
  readonly accountId: string
  readonly region: string
}

const ACCOUNT_ID = /^\d{12}$/
const CREDENTIAL = /Credential=([^/,\s]+)\/[^/,\s]+\/([^/,\s]+)\/[^/,\s]+\/aws4_request/

/**
 * Reads account and region from a Signature Version 4 header's credential scope
 * (`Credential=AKID/20260101/eu-west-1/sqs/aws4_request`). An access key of twelve digits is an account id; any other
 * key, or none, means the default account. Signatures are not checked: everything here is on loopback.
 */
export function callerOf(authorization: string | undefined, fallback: Caller): Caller {
  const [, accessKey, region] = CREDENTIAL.exec(authorization ?? '') ?? []
  if (accessKey === undefined || region === undefined) return fallback
  return { accountId: ACCOUNT_ID.test(accessKey) ? accessKey : fallback.accountId, region }
}
