/**
 * The part of the browser that the page uses, as types. The compiler's own DOM library would put `document`, `name` and
 * `event` into the scope of every file of this package, those that run in Node included.
 */
export interface DomNode {
  readonly firstChild: DomNode | null
  readonly nextSibling: DomNode | null
  nodeValue: string | null
  insertBefore(child: DomNode, before: DomNode | null): unknown
  removeChild(child: DomNode): unknown
}

export interface DomElement extends DomNode {
  readonly scrollHeight: number
  readonly clientHeight: number
  scrollTop: number
  setAttribute(name: string, value: string): void
  removeAttribute(name: string): void
  getBoundingClientRect(): { readonly left: number; readonly width: number }
}

export interface DomEvent {
  readonly currentTarget: DomElement
  readonly key?: string
  /** Clicks in quick succession: 2 for a double click, 0 from the keyboard. */
  readonly detail?: number
  readonly clientX?: number
  readonly ctrlKey?: boolean
  readonly metaKey?: boolean
  preventDefault(): void
}

export interface DomDocument {
  title: string
  createElementNS(namespace: string, tag: string): DomElement
  createTextNode(text: string): DomNode
  getElementById(id: string): DomElement | null
  addEventListener(type: string, listener: (event: DomEvent) => void): void
}

export interface DomEventSource {
  addEventListener(type: string, listener: (event: { readonly data: string }) => void): void
  close(): void
}

export interface DomWindow {
  readonly document: DomDocument
  readonly location: { hash: string; readonly origin: string }
  readonly EventSource: new (url: string) => DomEventSource
  readonly navigator: { readonly clipboard?: { writeText(text: string): Promise<void> } }
  readonly fetch: typeof fetch
  requestAnimationFrame(run: () => void): unknown
  setTimeout(run: () => void, delayMs: number): unknown
}
