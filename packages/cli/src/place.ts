import type { QueuePlace, Service } from '@longshore/scaler'
import { UsageError } from './exit.js'

/**
 * The account and region of a service, from the options, the configuration, its queue's URL, or the environment.
 *
 * @throws UsageError when nothing says so.
 */
export function placeOf(
  service: Service,
  options: { readonly account?: string; readonly region?: string },
  env: Readonly<Record<string, string | undefined>>,
): QueuePlace {
  const urls = service.queues.map(({ name }) =>
    /^https?:\/\/(?:sqs\.([\w-]+)\.)?.*\/(\d{12})\/[^/]+$/.exec(name),
  )
  const [, urlRegion, urlAccount] = urls.find((match) => match !== null) ?? []
  const region = options.region ?? service.region ?? urlRegion ?? env.AWS_REGION ?? env.AWS_DEFAULT_REGION
  const accountId = options.account ?? urlAccount
  if (accountId === undefined) {
    throw new UsageError(
      `${service.service}: expected --account, twelve digits, got nothing. \`aws sts get-caller-identity\` tells yours.`,
    )
  }
  if (region === undefined) {
    throw new UsageError(
      `${service.service}: expected --region, got nothing; neither the configuration nor AWS_REGION has one.`,
    )
  }
  return { region, accountId }
}
