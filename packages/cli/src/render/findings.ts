import type { Finding } from '@longshore/core'
import type { Style } from '../style.js'

/** A queue, and what was found: problems first. */
export function renderFindings(
  { queue, findings }: { queue: string; findings: readonly Finding[] },
  style: Style,
): string {
  if (findings.length === 0) return `${style.strong(queue)}  ${style.added('nothing to mend')}`
  const sorted = findings.toSorted((a, b) => RANK[a.severity] - RANK[b.severity])
  return [style.strong(queue), ...sorted.flatMap((finding) => renderFinding(finding, style))].join('\n')
}

const RANK = { problem: 0, note: 1 } as const

function renderFinding({ code, severity, found, expected, fix }: Finding, style: Style): string[] {
  const mark = severity === 'problem' ? style.bad('! problem') : style.changed('· note')
  return [
    `  ${mark}  ${code}`,
    `      found     ${found}`,
    `      expected  ${expected}`,
    `      ${style.strong(fix)}`,
  ]
}
