import { AwsError } from '../server/aws-error.js'
import type { Caller } from '../server/caller.js'
import type { Look } from './browser/page-state.js'
import type { PageHost, WatchedAccount } from './watched.js'

/** Minutes of control time that are shown unless somebody asks for another span; CloudWatch keeps seconds for three hours. */
const WINDOW_MINUTES = { least: 1, usual: 60, most: 720 }

/** A {@link Look} with its span decided. */
export interface ReadLook extends Look {
  readonly windowMinutes: number
}

/** @throws AwsError ValidationError for a span that is none. */
export function readLook(query: URLSearchParams): ReadLook {
  const text = (name: string): string | undefined => query.get(name) ?? undefined
  return {
    accountId: text('account'),
    region: text('region'),
    windowMinutes: readWindow(text('window')),
    queue: text('queue'),
    withBodies: text('bodies') === '1',
    task: text('task'),
  }
}

/**
 * Whose state a look means: the account asked for; else the default one; else, while nobody has called that, the first
 * that somebody has called.
 */
export function accountOf(look: Look, host: PageHost): Caller & Partial<WatchedAccount> {
  const accounts = host.accounts()
  const { fallback } = host
  if (look.accountId !== undefined || look.region !== undefined) {
    const asked = { accountId: look.accountId ?? fallback.accountId, region: look.region ?? fallback.region }
    return accounts.find((account) => isSame(account, asked)) ?? asked
  }
  return accounts.find((account) => isSame(account, fallback)) ?? accounts[0] ?? fallback
}

/** A look that stays with the account it has found, whoever else is called later. */
export function settledLook(look: ReadLook, host: PageHost): ReadLook {
  const { accountId, region, services } = accountOf(look, host)
  return services === undefined ? look : { ...look, accountId, region }
}

export function isSame(one: Caller, other: Caller): boolean {
  return one.accountId === other.accountId && one.region === other.region
}

function readWindow(text: string | undefined): number {
  if (text === undefined) return WINDOW_MINUTES.usual
  const minutes = Number(text)
  if (minutes >= WINDOW_MINUTES.least && minutes <= WINDOW_MINUTES.most) return minutes
  const { least, most } = WINDOW_MINUTES
  throw new AwsError('ValidationError', `window must be minutes from ${least} to ${most}; got '${text}'.`)
}
