import type { AlarmState, TreatMissingData } from '../../src/index.js'
import { readGolden } from './read-golden.js'

export interface AlarmCase {
  readonly title: string
  readonly evaluationPeriods: number
  readonly datapointsToAlarm: number
  /** Oldest first: `X` breaches, `0` does not, `-` is missing. */
  readonly symbols: readonly string[]
  readonly treatMissingData: TreatMissingData
  readonly expected: AlarmState | 'retain'
}

interface Tables {
  readonly tables: readonly {
    readonly title: string
    readonly evaluationPeriods: number
    readonly datapointsToAlarm: number
    readonly rows: readonly ({ readonly points: string } & Record<TreatMissingData, AlarmState | 'retain'>)[]
  }[]
}

const TREATMENTS: readonly TreatMissingData[] = ['missing', 'ignore', 'breaching', 'notBreaching']

export function alarmCases(): AlarmCase[] {
  const { tables } = readGolden('alarm-truth-tables.json') as Tables
  return tables.flatMap(({ title, rows, evaluationPeriods, datapointsToAlarm }) =>
    rows.flatMap((row) =>
      TREATMENTS.map((treatMissingData) => ({
        title: `${title}: ${row.points}, missing data ${treatMissingData}`,
        evaluationPeriods,
        datapointsToAlarm,
        symbols: row.points.split(' '),
        treatMissingData,
        expected: row[treatMissingData],
      })),
    ),
  )
}
