import { Annotations } from 'aws-cdk-lib/core'
import type { IConstruct } from 'constructs'

/** A mistake, or something worth a look: the linter's, or the doctor's. */
export interface Finding {
  readonly code: string
  readonly severity: 'problem' | 'note'
  readonly found: string
  readonly expected: string
  readonly fix: string
}

/** Tells what was found: problems keep `cdk deploy` from deploying, notes can be acknowledged by their id. */
export function annotate(construct: IConstruct, findings: readonly Finding[]): void {
  for (const { code, severity, found, expected, fix } of findings) {
    const text = `Found ${found}. Expected ${expected}. ${fix}`
    if (severity === 'problem') Annotations.of(construct).addError(`${text} [${warningId(code)}]`)
    else warn(construct, code, text)
  }
}

/** The id under which a warning is acknowledged. */
export function warn(construct: IConstruct, code: string, text: string): void {
  Annotations.of(construct).addWarningV2(warningId(code), text)
}

function warningId(code: string): string {
  return `@longshore/cdk:${code}`
}
