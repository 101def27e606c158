import { expect, test } from 'vitest'
import { placeOf } from '../../src/queue/place.js'

const AWS = 'https://sqs.eu-west-1.amazonaws.com/123456789012/orders'

test.each([
  [AWS, 'eu-west-1'],
  ['https://sqs.us-gov-west-1.amazonaws.com/1/q', 'us-gov-west-1'],
  ['https://sqs.cn-north-1.amazonaws.com.cn/1/q', 'cn-north-1'],
  ['https://sqs-fips.us-east-1.amazonaws.com/1/q', 'us-east-1'],
  ['https://sqs.ap-southeast-2.api.aws/1/q', 'ap-southeast-2'],
  ['https://vpce-0a1-b2.sqs.eu-central-1.vpce.amazonaws.com/1/q', 'eu-central-1'],
  ['https://us-west-2.queue.amazonaws.com/1/q', 'us-west-2'],
  ['https://queue.amazonaws.com/1/q', 'us-east-1'],
  ['http://sqs.us-east-1.localhost.localstack.cloud:4566/0/q', 'us-east-1'],
])('the region of %s is %s, whatever the environment says', (url, region) => {
  expect(placeOf({ url }, { AWS_REGION: 'sa-east-1' }).region).toBe(region)
})

test('a URL that names no region takes the environment’s, and there is no region built in', () => {
  const url = 'http://127.0.0.1:4566/000000000000/orders'
  expect(placeOf({ url }, { AWS_REGION: 'sa-east-1', AWS_DEFAULT_REGION: 'us-east-1' }).region).toBe(
    'sa-east-1',
  )
  expect(placeOf({ url }, { AWS_DEFAULT_REGION: 'us-east-1' }).region).toBe('us-east-1')
  expect(placeOf({ url }, {}).region).toBeUndefined()
  expect(placeOf({ url: AWS, region: 'us-east-2' }, {}).region).toBe('us-east-2')
})

test('calls go to the endpoint given, else to the configured one, else to the URL’s own host', () => {
  const env = { AWS_ENDPOINT_URL_SQS: 'http://127.0.0.1:1', AWS_ENDPOINT_URL: 'http://127.0.0.1:2' }
  expect(placeOf({ url: AWS, endpoint: 'http://127.0.0.1:3' }, env).endpoint).toBe('http://127.0.0.1:3')
  expect(placeOf({ url: AWS }, env).endpoint).toBe('http://127.0.0.1:1')
  expect(placeOf({ url: AWS }, { ...env, AWS_ENDPOINT_URL_SQS: '' }).endpoint).toBe('http://127.0.0.1:2')
  expect(placeOf({ url: AWS }, { ...env, AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true' }).endpoint).toBe(
    'https://sqs.eu-west-1.amazonaws.com',
  )
  expect(placeOf({ url: AWS }, {}).endpoint).toBe('https://sqs.eu-west-1.amazonaws.com')
  expect(placeOf({}, {}).endpoint).toBeUndefined()
})
