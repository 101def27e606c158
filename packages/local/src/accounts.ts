import { scaledClock } from '@longshore/core/time'

import { openAccount } from './account.js'
import type { Account, AccountSettings } from './account.js'
import type { LocalAwsConfig } from './options.js'
import { stopping } from './server/aws-error.js'
import type { Caller } from './server/caller.js'
import { seededRandom, seedFor } from './server/seeded-random.js'
import type { QueueCounts } from './sqs/queue.js'

export interface AccountsOptions {
  readonly config: LocalAwsConfig
  /** Where the control plane's time began, epoch milliseconds. */
  readonly originMs: number
  /** What belongs to the whole server, not to one account's settings. */
  readonly settings: Pick<AccountSettings, 'agent'>
  readonly environmentOf: (caller: Caller) => Record<string, string>
}

interface Entry {
  readonly account: Account
  closing: Promise<void> | undefined
}

/** The accounts in their regions, each opened on first use. */
export class Accounts {
  readonly #options: AccountsOptions
  readonly #entries = new Map<string, Entry>()
  #isSealed = false

  constructor(options: AccountsOptions) {
    this.#options = options
  }

  /**
   * The account of a caller. One that is being closed is still found: its tasks settle their messages on the way out.
   *
   * @throws AwsError ServiceUnavailable for a new one after {@link seal}.
   */
  of(caller: Caller): Account {
    const name = `${caller.accountId}/${caller.region}`
    const existing = this.#entries.get(name)
    if (existing !== undefined) return existing.account
    if (this.#isSealed) throw stopping()
    const account = this.#open(caller, name)
    this.#entries.set(name, { account, closing: undefined })
    return account
  }

  /** Those that are open, oldest first. */
  list(): { readonly accountId: string; readonly region: string; readonly services: Account['services'] }[] {
    return Array.from(this.#entries, ([name, { account }]) => {
      const [accountId = '', region = ''] = name.split('/')
      return { accountId, region, services: account.services }
    })
  }

  /** The counts of all queues, by `account/region/queue`. */
  queueCounts(): Map<string, QueueCounts> {
    const counts = new Map<string, QueueCounts>()
    for (const [name, { account }] of this.#entries) {
      for (const [queue, ofQueue] of account.queueCounts()) counts.set(`${name}/${queue}`, ofQueue)
    }
    return counts
  }

  /** No account is opened any more. */
  seal(): void {
    this.#isSealed = true
  }

  /**
   * Closes every account; what is in them is gone, and the next caller opens a new one.
   *
   * @throws AggregateError when a service did not stop cleanly; all are gone nevertheless.
   */
  async closeAll(): Promise<void> {
    const ends = await Promise.allSettled(
      Array.from(this.#entries, ([name, entry]) => this.#close(name, entry)),
    )
    const failed = ends.filter((end) => end.status === 'rejected').map((end) => end.reason as unknown)
    if (failed.length > 0) throw new AggregateError(failed, 'Some services did not stop cleanly.')
  }

  #close(name: string, entry: Entry): Promise<void> {
    entry.closing ??= entry.account.close().finally(() => this.#entries.delete(name))
    return entry.closing
  }

  #open(caller: Caller, name: string): Account {
    const { config, originMs, settings, environmentOf } = this.#options
    const { clock, timeScale, seed } = config
    return openAccount(
      {
        accountId: caller.accountId,
        region: caller.region,
        clock,
        controlClock: scaledClock({ timeScale, originMs, base: clock }),
        random: seededRandom(seedFor(seed, name)),
      },
      { ...config, ...settings, taskEnvironment: () => environmentOf(caller) },
    )
  }
}
