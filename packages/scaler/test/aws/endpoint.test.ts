import { describe, expect, it } from 'vitest'
import { endpointOverride } from '../../src/aws/endpoint.js'

describe('endpointOverride', () => {
  it('prefers the variable of the one service', () => {
    const environment = { AWS_ENDPOINT_URL: 'http://a', AWS_ENDPOINT_URL_SQS: 'http://b' }
    expect(endpointOverride('sqs', environment)).toEqual({ url: 'http://b', setBy: 'AWS_ENDPOINT_URL_SQS' })
    expect(endpointOverride('ecs', environment)).toEqual({ url: 'http://a', setBy: 'AWS_ENDPOINT_URL' })
  })

  it('finds none where none is set, or where they are to be ignored', () => {
    expect(endpointOverride('sqs', { AWS_ENDPOINT_URL: '' })).toBeUndefined()
    const environment = { AWS_ENDPOINT_URL: 'http://a', AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true' }
    expect(endpointOverride('sqs', environment)).toBeUndefined()
  })
})
