import type { Alarm } from '../resources.js'
import type { Form } from './form.js'
import { dimensionForms, tagForms } from './form.js'

/** What PutMetricAlarm and AWS::CloudWatch::Alarm say of an alarm beside what it sets off. */
export function alarmForm(alarm: Alarm, tags: Readonly<Record<string, string>>): Form {
  return {
    AlarmName: alarm.name,
    AlarmDescription: alarm.description,
    ActionsEnabled: true,
    ...watchedForm(alarm),
    EvaluationPeriods: alarm.evaluationPeriods,
    DatapointsToAlarm: alarm.datapointsToAlarm,
    Threshold: alarm.threshold,
    ComparisonOperator: alarm.comparison,
    TreatMissingData: alarm.treatMissingData,
    // AWS takes tags when it creates the alarm, and ignores them when it updates one.
    Tags: tagForms(tags),
  }
}

function watchedForm({ watches, periodSeconds }: Alarm): Form {
  if (watches.kind === 'metric') {
    return {
      Namespace: watches.metric.namespace,
      MetricName: watches.metric.name,
      Dimensions: dimensionForms(watches.metric),
      Statistic: watches.statistic,
      Period: periodSeconds,
    }
  }
  return {
    Metrics: watches.queries.map((query) => ({
      Id: query.id,
      ReturnData: query.id === watches.returned,
      ...('expression' in query
        ? { Expression: query.expression, Period: periodSeconds }
        : {
            MetricStat: {
              Metric: {
                Namespace: query.metric.namespace,
                MetricName: query.metric.name,
                Dimensions: dimensionForms(query.metric),
              },
              Period: periodSeconds,
              Stat: query.statistic,
            },
          }),
    })),
  }
}
