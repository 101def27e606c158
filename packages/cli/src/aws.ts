import { connectAws } from '@longshore/scaler'
import type { Aws, Service } from '@longshore/scaler'

/** One connection for each region that the services live in; closed when `use` has ended, however it ends. */
export async function withAws<T>(use: (awsOf: (service: Service) => Aws) => Promise<T>): Promise<T> {
  const connections = new Map<string | undefined, Aws>()
  const awsOf = ({ region }: Service): Aws => {
    const existing = connections.get(region)
    if (existing !== undefined) return existing
    const aws = connectAws({ region })
    connections.set(region, aws)
    return aws
  }
  try {
    return await use(awsOf)
  } finally {
    for (const aws of connections.values()) aws.close()
  }
}
