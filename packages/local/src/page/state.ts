import { EMPTY_STATE } from './browser/merge.js'
import type { PageState, SetupEntry } from './browser/page-state.js'
import { readAlarms } from './alarms.js'
import { featuresOf } from './features.js'
import { readFeed } from './feed.js'
import { accountOf } from './look.js'
import type { ReadLook } from './look.js'
import { Operations } from './operations.js'
import { readMessages, readQueues } from './queues.js'
import { readPolicies } from './scaling.js'
import { readSeries, taskCountQuery } from './series.js'
import { readClusters, readServices } from './services.js'
import { readLog, readTasks } from './tasks.js'
import type { PageHost, WatchedAccount } from './watched.js'

const MINUTE_MS = 60_000

/**
 * Everything that a look shows, at this moment. It is read by the operations that clients call, and changes nothing: an
 * account that nobody has called is not opened by it.
 *
 * @throws AwsError as the operations do.
 */
export async function readState(host: PageHost, look: ReadLook, origin: string): Promise<PageState> {
  const { accountId, region, services } = accountOf(look, host)
  const clock = { nowMs: Math.round(host.controlClock.now()), realNowMs: Math.round(host.clock.now()) }
  const operations = services && new Operations(services, origin)
  const setup: SetupEntry = {
    accountId,
    region,
    timeScale: host.timeScale,
    originMs: host.originMs,
    windowMinutes: look.windowMinutes,
    queue: look.queue,
    task: look.task,
    environment: host.environmentOf({ accountId, region }),
    features: operations === undefined ? [] : featuresOf(operations),
  }
  const accounts = host.accounts().map((account) => {
    const { accountId, region } = account
    return [`${accountId}/${region}`, { accountId, region }]
  })
  return {
    ...EMPTY_STATE,
    view: { clock, setup, faults: host.faults() },
    accounts: Object.fromEntries(accounts) as PageState['accounts'],
    ...(operations &&
      (await readAccount({ accountId, region, services }, { operations, look, nowMs: clock.nowMs }))),
  }
}

async function readAccount(
  account: WatchedAccount,
  reading: { readonly operations: Operations; readonly look: ReadLook; readonly nowMs: number },
): Promise<Omit<PageState, 'view' | 'accounts'>> {
  const { operations, look, nowMs } = reading
  const { alarms, queries } = await readAlarms(operations)
  const clusters = await readClusters(operations)
  const { services, feed } = await readServices(operations, clusters)
  const span = { fromMs: nowMs - look.windowMinutes * MINUTE_MS, toMs: nowMs }
  return {
    queues: await readQueues(account, operations),
    messages: readMessages(account, look),
    alarms,
    services,
    policies: await readPolicies(operations),
    tasks: await readTasks(operations, clusters),
    series: await readSeries(operations, [...queries, ...Object.values(services).map(taskCountQuery)], span),
    feed: await readFeed(operations, feed),
    log: { lines: readLog(account, look) },
  }
}
