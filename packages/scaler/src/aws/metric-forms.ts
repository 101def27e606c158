import type { MetricMath, MetricQuery, Statistic } from '../plan/resources.js'

/** A dimension as the SDK's clients write it. */
export interface Dimension {
  readonly Name: string | undefined
  readonly Value: string | undefined
}

/** A member of metric math, alike in CloudWatch's and Application Auto Scaling's clients but for the period. */
export interface MathMember {
  readonly Id?: string | undefined
  readonly Expression?: string | undefined
  readonly ReturnData?: boolean | undefined
  readonly MetricStat?:
    | {
        readonly Metric?:
          | {
              readonly Namespace?: string | undefined
              readonly MetricName?: string | undefined
              readonly Dimensions?: readonly Dimension[] | undefined
            }
          | undefined
        readonly Stat?: string | undefined
      }
    | undefined
}

export function readDimensions(dimensions: readonly Dimension[] = []): Record<string, string> {
  return Object.fromEntries(dimensions.map(({ Name, Value }) => [Name ?? '', Value ?? ''] as const))
}

export function readMath(members: readonly MathMember[]): MetricMath {
  // ReturnData is true where it isn't given, and exactly one member of an alarm's has it.
  const returned = members.find(({ ReturnData }) => ReturnData !== false)?.Id ?? ''
  return { kind: 'math', queries: members.map(readMember), returned }
}

function readMember({ Id: id = '', Expression: expression, MetricStat: stat }: MathMember): MetricQuery {
  if (expression !== undefined) return { id, expression }
  const { Namespace = '', MetricName = '', Dimensions } = stat?.Metric ?? {}
  const metric = { namespace: Namespace, name: MetricName, dimensions: readDimensions(Dimensions) }
  return { id, metric, statistic: (stat?.Stat ?? '') as Statistic }
}
