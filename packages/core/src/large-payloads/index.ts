// `@longshore/core/large-payloads`: payloads in S3, in the wire form of the Amazon SQS Extended Client Libraries. Needs
// @aws-sdk/client-s3.
export { s3Payloads } from './s3-payloads.js'
export type { S3PayloadsOptions } from './s3-payloads.js'
