/** One element: its name, and its text or the XML inside it. Names are AWS's own and need no escaping. */
export function element(name: string, inner: string): string {
  return `<${name}>${inner}</${name}>`
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  // A reader turns a bare carriage return into a line feed: the digest of a message's body would not fit any more.
  '\r': '&#13;',
}

// What is not a character of XML 1.0, which can carry it in no way; SQS allows none of it in messages.
const NOT_XML = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu

/** Text for the inside of an element. What XML cannot carry becomes U+FFFD. */
export function xmlText(text: string): string {
  return text.replace(NOT_XML, '\ufffd').replace(/[&<>"\r]/g, (character) => ESCAPES[character] ?? '')
}
