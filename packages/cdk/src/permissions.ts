import { permissionsOf } from '@longshore/scaler'
import type { Plan, Role, Service } from '@longshore/scaler'
import { Stack } from 'aws-cdk-lib/core'
import { PolicyStatement } from 'aws-cdk-lib/aws-iam'
import type { IRole } from 'aws-cdk-lib/aws-iam'
import type { Construct } from 'constructs'

/** What is granted, and about what. */
export interface Grant {
  /** With names or with references to resources. */
  readonly service: Service
  readonly plan: Plan
  readonly roles: readonly Role[]
  /** In the order of the service's queues. */
  readonly queueArns: readonly string[]
  readonly deadLetterQueueArns?: readonly string[]
  readonly publishesInWorkers?: boolean
}

/** Allows a role what `longshore iam` writes for it. */
export function grantTo(grantee: IRole, scope: Construct, grant: Grant): void {
  const { service, plan, roles, ...about } = grant
  const { partition, region, account } = Stack.of(scope)
  const documents = permissionsOf(service, plan, { region, accountId: account, partition, ...about })
  for (const statement of roles.flatMap((role) => documents[role].Statement))
    grantee.addToPrincipalPolicy(PolicyStatement.fromJson(statement))
}
