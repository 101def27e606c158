/**
 * A schedule that PutScheduledAction would refuse with a ValidationException, whose message this is. AWS's own words come
 * first where they have been seen; what follows them says what is wrong.
 */
export class ScheduleError extends Error {
  override readonly name = 'ScheduleError'
  readonly code = 'LONGSHORE_SCHEDULE'
}
