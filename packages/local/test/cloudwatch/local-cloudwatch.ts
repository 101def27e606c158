import { CloudWatch as CloudWatchClient } from '@aws-sdk/client-cloudwatch'
import { manualClock } from '@longshore/core/testing'
import type { ManualClock } from '@longshore/core/testing'
import { withParameters } from '@longshore/model'
import type { ModelParameters } from '@longshore/model'

import { CloudWatch } from '../../src/cloudwatch/cloudwatch.js'
import type { AlarmNotice } from '../../src/cloudwatch/alarm-actions.js'
import { HOST, LocalServer } from '../../src/server/local-server.js'

export const ACCOUNT_ID = '123456789012'
export const REGION = 'eu-west-1'

/** CloudWatch behind this package's server, called with AWS's own client; its clock moves when told to. */
export interface LocalCloudWatch {
  readonly client: CloudWatchClient
  readonly clock: ManualClock
  readonly cloudWatch: CloudWatch
  /** The actions that alarms set off so far, oldest first. */
  readonly notices: AlarmNotice[]
  close(): Promise<void>
}

export async function startCloudWatch(
  options: { readonly startMs?: number; readonly parameters?: Partial<ModelParameters> } = {},
): Promise<LocalCloudWatch> {
  const clock = manualClock(options.startMs)
  const notices: AlarmNotice[] = []
  const account = { accountId: ACCOUNT_ID, region: REGION, clock, controlClock: clock, random: () => 0.5 }
  const cloudWatch = new CloudWatch(account, {
    onAlarmActions: (given) => notices.push(...given),
    parameters: withParameters(options.parameters ?? {}),
  })
  const server = new LocalServer({
    fallback: { accountId: ACCOUNT_ID, region: REGION },
    service: () => cloudWatch,
    onCall: () => {},
    health: () => ({}),
  })
  const client = new CloudWatchClient({
    region: REGION,
    endpoint: `http://${HOST}:${await server.listen(0)}`,
    maxAttempts: 1,
  })
  return {
    client,
    clock,
    cloudWatch,
    notices,
    close: async () => {
      client.destroy()
      cloudWatch.close()
      await server.close()
    },
  }
}
