/**
 * Why an adaptive concurrency has more or fewer slots: a trial begins (`more`, `fewer`) or did not pay (`back`); what the
 * handlings call refuses more (`throttled`); the task's `memory` or event loop (`lag`) bears no more; or there is less to do
 * (`idle`), and then more again (`busy`).
 */
export type LimitReason = 'more' | 'fewer' | 'back' | 'throttled' | 'memory' | 'lag' | 'idle' | 'busy'
