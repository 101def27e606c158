// What runs in the function of a LongshorePublisher: it is bundled with all that it needs when the app is synthesised.
import type { Service } from '@longshore/scaler'
import { publisherHandler } from '@longshore/scaler/lambda'
import type { PublisherHandler } from '@longshore/scaler/lambda'
import { SERVICES_VARIABLE } from './services-variable.js'

const services = JSON.parse(process.env[SERVICES_VARIABLE] ?? '[]') as Service[]

export const handler: PublisherHandler = publisherHandler(services)
