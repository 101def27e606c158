/**
 * What the page shows, as the server sends it: sections of entries by key, so that a change is the entries that changed.
 * Instants are epoch milliseconds: of the control plane, but for SQS's own, which are real.
 */
export interface PageState {
  readonly view: ViewSection
  /** By `account/region`: those that somebody has called. */
  readonly accounts: Entries<AccountEntry>
  /** By name. */
  readonly queues: Entries<QueueEntry>
  /** Of the queue that is looked at, by message id. */
  readonly messages: Entries<MessageEntry>
  /** By name. */
  readonly alarms: Entries<AlarmEntry>
  /** By ARN. */
  readonly services: Entries<ServiceEntry>
  /** By ARN. */
  readonly policies: Entries<PolicyEntry>
  /** By ARN. */
  readonly tasks: Entries<TaskEntry>
  readonly series: Entries<SeriesEntry>
  readonly feed: Entries<FeedEntry>
  /** Of the task that is looked at. */
  readonly log: { readonly lines?: readonly LogLine[] | undefined }
}

export type Entries<Entry> = Readonly<Record<string, Entry>>

export interface ViewSection {
  readonly clock?: ClockEntry | undefined
  readonly setup?: SetupEntry | undefined
  /** What strikes calls at present, a line each; of all accounts. */
  readonly faults?: readonly string[] | undefined
  /** Why the state could not be read; the rest is then as it was. */
  readonly problem?: string | undefined
}

export interface ClockEntry {
  readonly nowMs: number
  readonly realNowMs: number
}

export interface SetupEntry {
  readonly accountId: string
  readonly region: string
  readonly timeScale: number
  /** When the server started, where both clocks agree. */
  readonly originMs: number
  /** How much of the past is shown, in minutes of control time. */
  readonly windowMinutes: number
  /** Whose messages and whose log the state has. */
  readonly queue?: string | undefined
  readonly task?: string | undefined
  /** What a process needs in its environment to reach this account. */
  readonly environment: Readonly<Record<string, string>>
  /** Actions that this server can do, `service:Operation`. */
  readonly features: readonly string[]
}

export interface AccountEntry {
  readonly accountId: string
  readonly region: string
}

export interface QueueEntry {
  readonly name: string
  readonly url: string
  readonly arn: string
  readonly isFifo: boolean
  readonly visible: number
  readonly inFlight: number
  readonly delayed: number
  /** Real time. */
  readonly oldestEnteredAtMs?: number | undefined
  /** Messages since the queue's creation. */
  readonly sent: number
  readonly received: number
  readonly deleted: number
  readonly visibilityTimeoutSeconds: number
  readonly retentionSeconds: number
  readonly deadLetterQueue?: string | undefined
  readonly maxReceiveCount?: number | undefined
  /** Of the latest redrive from this queue. */
  readonly redrive?: RedriveEntry | undefined
}

export interface RedriveEntry {
  readonly status: string
  readonly moved: number
  readonly toMove?: number | undefined
  readonly failure?: string | undefined
}

export interface MessageEntry {
  readonly id: string
  readonly state: 'visible' | 'inFlight' | 'delayed'
  /** Real time, as every instant here. */
  readonly sentAtMs: number
  readonly enteredAtMs: number
  /** When its delay or visibility timeout ends. */
  readonly dueAtMs?: number | undefined
  readonly receiveCount: number
  readonly sizeBytes: number
  readonly groupId?: string | undefined
  /** Where a dead letter came from. */
  readonly movedFrom?: string | undefined
  /** Only when bodies are asked for; cut to a few thousand characters. */
  readonly body?: string | undefined
  readonly isCut?: boolean | undefined
}

export type AlarmValue = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA'

export interface AlarmEntry {
  readonly name: string
  readonly state: AlarmValue
  readonly reason: string
  readonly changedAtMs: number
  /** What it watches: a metric's name, or `math`. */
  readonly metric: string
  readonly statistic?: string | undefined
  readonly comparison: string
  readonly threshold?: number | undefined
  readonly periodSeconds: number
  readonly evaluationPeriods: number
  readonly datapointsToAlarm: number
  readonly treatMissingData: string
  readonly hasActions: boolean
  readonly isActionsEnabled: boolean
  readonly series: string
}

export interface ServiceEntry {
  readonly arn: string
  readonly name: string
  readonly cluster: string
  readonly status: string
  readonly desired: number
  readonly running: number
  readonly pending: number
  readonly definition: string
  readonly deployments: readonly DeploymentEntry[]
  /** What the service reported last that keeps it from a steady state, where it has not reached one since. */
  readonly complaint?: string | undefined
  /** What auto scaling may do with it, where it is a scalable target. */
  readonly scaling?:
    { readonly min: number; readonly max: number; readonly suspended: readonly string[] } | undefined
}

export interface DeploymentEntry {
  readonly id: string
  readonly isPrimary: boolean
  readonly definition: string
  readonly rollout: string
  readonly desired: number
  readonly running: number
  readonly pending: number
  readonly failed: number
}

export interface PolicyEntry {
  readonly arn: string
  readonly name: string
  /** ARN of the service it scales. */
  readonly service: string
  /** One line: what it does. */
  readonly summary: string
  readonly target?: number | undefined
  /** Names of the alarms that set it off. */
  readonly alarms: readonly string[]
}

export interface TaskEntry {
  readonly arn: string
  readonly id: string
  readonly cluster: string
  /** `service:NAME` or `family:NAME`. */
  readonly group: string
  readonly definition: string
  readonly status: string
  readonly createdAtMs: number
  readonly startedAtMs?: number | undefined
  readonly stoppedAtMs?: number | undefined
  readonly stoppedReason?: string | undefined
  readonly exitCode?: number | undefined
  readonly cpu?: string | undefined
  readonly memory?: string | undefined
  /** Real time. */
  readonly protectedUntilMs?: number | undefined
}

export interface SeriesEntry {
  readonly namespace: string
  readonly metric: string
  readonly dimensions: string
  readonly statistic: string
  readonly periodSeconds: number
  /** Control time and value, oldest first. */
  readonly points: readonly Point[]
}

export type Point = readonly [atMs: number, value: number]

export interface FeedEntry {
  readonly atMs: number
  readonly kind: 'scaling' | 'alarm' | 'service'
  readonly tone: 'good' | 'bad' | 'busy' | 'plain'
  readonly subject: string
  readonly title: string
  readonly detail: string
}

export interface LogLine {
  readonly container: string
  readonly isError: boolean
  readonly text: string
  /** Real time. */
  readonly atMs: number
}

/** What somebody looks at; the query of `/_longshore/state` and `/_longshore/events`. */
export interface Look {
  readonly accountId?: string | undefined
  readonly region?: string | undefined
  readonly windowMinutes?: number | undefined
  /** The queue whose messages are shown. */
  readonly queue?: string | undefined
  readonly withBodies?: boolean | undefined
  /** ARN of the task whose log is shown. */
  readonly task?: string | undefined
}

/** What the page asks the server to do: the body of `POST /_longshore/actions`. */
export interface Action {
  readonly accountId: string
  readonly region: string
  /** `service:Operation`. */
  readonly feature: string
  /** As a client of AWS would give it. */
  readonly input: Readonly<Record<string, unknown>>
}
