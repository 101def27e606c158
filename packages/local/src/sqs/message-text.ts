// What XML 1.0 allows, as SQS documents: #x9 | #xA | #xD | #x20–#xD7FF | #xE000–#xFFFD | #x10000–#x10FFFF.
const INVALID = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u

/** True when text holds a character that SQS refuses: most control characters, lone surrogates, U+FFFE, U+FFFF. */
export function hasInvalidCharacters(text: string): boolean {
  return INVALID.test(text)
}
