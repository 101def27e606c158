/** How much of each is read and shown; a page that shows more is read no better. */
export const SHOWN_AT_MOST = {
  queues: 500,
  /** Of the queue that is looked at, those longest there. */
  messages: 100,
  alarms: 500,
  /** Those that alarms watch come first. */
  series: 200,
} as const
