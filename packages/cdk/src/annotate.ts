import type { LintFinding } from '@longshore/scaler'
import { Annotations } from 'aws-cdk-lib/core'
import type { IConstruct } from 'constructs'

/** Tells what the linter found: problems keep `cdk deploy` from deploying, notes can be acknowledged by their id. */
export function annotate(construct: IConstruct, findings: readonly LintFinding[]): void {
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
