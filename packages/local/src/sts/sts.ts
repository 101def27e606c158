import type { AccountContext, Operation, Service } from '../server/service.js'

/** AWS STS, as far as clients ask it who they are: everyone here is the root of their account. */
export class Sts implements Service {
  readonly operations: Readonly<Record<string, Operation>>

  constructor({ accountId }: AccountContext) {
    const identity = { Arn: `arn:aws:iam::${accountId}:root`, UserId: accountId, Account: accountId }
    this.operations = { GetCallerIdentity: () => identity }
  }

  close(): void {}
}
