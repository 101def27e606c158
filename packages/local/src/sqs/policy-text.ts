/** The object that a policy's text is. Not JSON and not an object are one mistake to the caller, which `unsupported` words. */
export function readPolicyText(text: string, unsupported: () => Error): Record<string, unknown> {
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch {
    throw unsupported()
  }
  if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) {
    return parsed as Record<string, unknown>
  }
  throw unsupported()
}
