/** What a simulation takes for granted beside the model's parameters: each value, its unit, and where it comes from. */
export interface Assumptions {
  readonly countsDelaySeconds: number
  readonly launchVariation: number
  readonly stopTimeoutSeconds: number
  readonly cpuPercentWhenBusy: number
  readonly memoryPercent: number
  readonly insightsDelaySeconds: number
}

export interface Assumption {
  readonly value: number
  readonly unit: string
  readonly meaning: string
  readonly source: string
}

export const ASSUMPTIONS: { readonly [Name in keyof Assumptions]: Assumption } = {
  countsDelaySeconds: {
    value: 15,
    unit: 's',
    meaning: 'GetQueueAttributes tells counts as they were up to so long ago, evenly spread',
    source:
      'SQS API: counts "may not achieve consistency until at least 1 minute after producers stop"; how late is unpublished',
  },
  launchVariation: {
    value: 0.04,
    unit: 'variance ÷ mean²',
    meaning: 'how much launches differ from `launchTime`, lognormally',
    source: 'Fargate starts measured in the field spread by about a fifth',
  },
  stopTimeoutSeconds: {
    value: 30,
    unit: 's',
    meaning: 'how long a task that is told to stop may finish what it handles',
    source: "ECS API, ContainerDefinition.stopTimeout: Fargate's default",
  },
  cpuPercentWhenBusy: {
    value: 100,
    unit: '% of the CPU',
    meaning:
      'what a task uses when all its slots handle a message, less in proportion: the best case for policies on CPU',
    source: 'a choice; handlers that wait for other services use far less',
  },
  memoryPercent: {
    value: 40,
    unit: '% of the memory',
    meaning: 'what a task uses, whatever it does',
    source: 'a choice; memory of most workers does not follow their load',
  },
  insightsDelaySeconds: {
    value: 60,
    unit: 's',
    meaning: 'how long after the end of its minute RunningTaskCount of Container Insights can be read',
    source: 'unpublished; taken as that of AWS/SQS',
  },
}

export const DEFAULT_ASSUMPTIONS: Assumptions = Object.fromEntries(
  Object.entries(ASSUMPTIONS).map(([name, { value }]) => [name, value]),
) as unknown as Assumptions
