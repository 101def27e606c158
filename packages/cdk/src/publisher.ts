import { ConfigError } from '@longshore/scaler'
import { Duration, Stack } from 'aws-cdk-lib/core'
import { Alarm } from 'aws-cdk-lib/aws-cloudwatch'
import { Rule, Schedule } from 'aws-cdk-lib/aws-events'
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets'
import { Architecture, Function as LambdaFunctionCode, Runtime } from 'aws-cdk-lib/aws-lambda'
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs'
import { Construct } from 'constructs'
import { publisherCode } from './bundle.js'
import { SERVICES_VARIABLE } from './function/services-variable.js'
import { grantTo } from './permissions.js'
import type { LongshoreScaling } from './scaling.js'

/** Props of {@link LongshorePublisher}. */
export interface LongshorePublisherProps {
  /** Whose metrics it publishes. One function for all services of a region costs what one for a service does. */
  readonly scalings: readonly LongshoreScaling[]
  /**
   * Keeps one concurrent execution of the account for it, so that what it has learned of the load stays with it, and two
   * never act at once. Default true. An account whose limit is 10 has none to give: ask for a higher limit, or set false.
   */
  readonly reservesConcurrency?: boolean | undefined
  /** How long its log is kept. Default a month. */
  readonly logRetention?: RetentionDays | undefined
}

// Lambda's limit for all variables together.
const MOST_VARIABLE_BYTES = 4_096

/** Publishes from a Lambda function once in ten seconds, by a schedule of once a minute. */
export class LongshorePublisher extends Construct {
  readonly function: LambdaFunctionCode
  readonly rule: Rule
  /** The function fails where nothing at all could be published. */
  readonly alarm: Alarm

  constructor(scope: Construct, id: string, props: LongshorePublisherProps) {
    super(scope, id)
    const { scalings, reservesConcurrency = true, logRetention = RetentionDays.ONE_MONTH } = props
    this.function = new LambdaFunctionCode(this, 'Function', {
      description: `Publishes the backlog per task of ${scalings.map(({ config }) => config.service).join(', ')}.`,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      handler: 'index.handler',
      code: publisherCode(),
      memorySize: 256,
      // The six beats of a minute end by themselves before that.
      timeout: Duration.seconds(60),
      // What could not be published this minute is of no use in the next.
      retryAttempts: 0,
      maxEventAge: Duration.minutes(1),
      environment: { [SERVICES_VARIABLE]: this.#servicesOf(scalings) },
      logGroup: new LogGroup(this, 'Log', { retention: logRetention }),
      ...(reservesConcurrency ? { reservedConcurrentExecutions: 1 } : {}),
    })
    this.#grant(scalings)
    this.rule = new Rule(this, 'Schedule', {
      schedule: Schedule.rate(Duration.minutes(1)),
      targets: [new LambdaFunction(this.function, { retryAttempts: 0, maxEventAge: Duration.minutes(1) })],
    })
    this.alarm = new Alarm(this, 'Failures', {
      alarmDescription: 'Longshore: nothing could be published for minutes.',
      metric: this.function.metricErrors({ period: Duration.minutes(1) }),
      threshold: 1,
      evaluationPeriods: 5,
      datapointsToAlarm: 3,
    })
  }

  #servicesOf(scalings: readonly LongshoreScaling[]): string {
    if (scalings.length === 0) throw this.#problem('one scaling or more', 'an empty array')
    const services = scalings.map((scaling) => scaling.tellNames())
    const bytes = Buffer.byteLength(JSON.stringify(services))
    if (bytes > MOST_VARIABLE_BYTES) {
      throw this.#problem(
        `configurations of at most ${MOST_VARIABLE_BYTES} bytes in all, as Lambda's environment has; give several publishers a part each`,
        `${scalings.length} of ${bytes} bytes`,
      )
    }
    return Stack.of(this).toJsonString(services)
  }

  #problem(expected: string, got: string): ConfigError {
    return new ConfigError(`LongshorePublisher ${this.node.path}`, [{ path: 'scalings', expected, got }])
  }

  #grant(scalings: readonly LongshoreScaling[]): void {
    const { role } = this.function
    if (role === undefined) return
    for (const scaling of scalings) {
      grantTo(role, this, {
        service: scaling.tellNames(),
        plan: scaling.plan,
        roles: ['publisher', 'controller'],
        queueArns: scaling.queueArns,
      })
    }
  }
}
