import type { Style } from '../style.js'

/** What a doctor or a linter has found. */
export interface RenderedFinding {
  readonly code: string
  readonly severity: 'problem' | 'note'
  readonly found: string
  readonly expected: string
  readonly fix: string
}

/** What was looked at, and what was found: problems first. */
export function renderFindings(
  { subject, findings }: { subject: string; findings: readonly RenderedFinding[] },
  style: Style,
): string {
  if (findings.length === 0) return `${style.strong(subject)}  ${style.added('nothing to mend')}`
  const sorted = findings.toSorted((a, b) => RANK[a.severity] - RANK[b.severity])
  return [style.strong(subject), ...sorted.flatMap((finding) => renderFinding(finding, style))].join('\n')
}

const RANK = { problem: 0, note: 1 } as const

function renderFinding({ code, severity, found, expected, fix }: RenderedFinding, style: Style): string[] {
  const mark = severity === 'problem' ? style.bad('! problem') : style.changed('· note')
  return [
    `  ${mark}  ${code}`,
    `      found     ${found}`,
    `      expected  ${expected}`,
    `      ${style.strong(fix)}`,
  ]
}
