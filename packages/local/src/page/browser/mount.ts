/**
 * Brings a part of the document up to what views say it should be, changing only what differs: an element that stays
 * keeps its focus, its scroll position, its selection and what was typed into it.
 */
import type { DomDocument, DomElement, DomNode } from './dom.js'
import type { Attributes, ElementNode, PageNode } from './element.js'

interface Mounted {
  node: PageNode
  readonly dom: DomNode
  children: Mounted[]
}

const HTML = 'http://www.w3.org/1999/xhtml'
const SVG = 'http://www.w3.org/2000/svg'

/** Set as properties: as attributes they would only be what a field begins with. */
const PROPERTIES: ReadonlySet<string> = new Set(['value', 'checked'])

// Whoever has scrolled up this far from the end wants to stay there.
const END_PIXELS = 8

export class Mount {
  readonly #document: DomDocument
  readonly #root: DomElement
  #children: Mounted[] = []

  /** Takes `root` over, with whatever is in it. */
  constructor(document: DomDocument, root: DomElement) {
    this.#document = document
    this.#root = root
    while (root.firstChild !== null) root.removeChild(root.firstChild)
  }

  show(nodes: readonly PageNode[]): void {
    this.#children = this.#updateChildren(this.#root, this.#children, { nodes, namespace: HTML })
  }

  #updateChildren(
    parent: DomNode,
    before: readonly Mounted[],
    after: { readonly nodes: readonly PageNode[]; readonly namespace: string },
  ): Mounted[] {
    const reusable = new Map(withNames(before.map(({ node }) => node)).map((name, at) => [name, before[at]]))
    const names = withNames(after.nodes)
    const children = after.nodes.map((node, at) => {
      const name = names[at] ?? ''
      const kept = reusable.get(name)
      reusable.delete(name)
      return kept === undefined
        ? this.#create(node, after.namespace)
        : this.#update(kept, node, after.namespace)
    })
    for (const gone of reusable.values()) if (gone !== undefined) parent.removeChild(gone.dom)
    let next = parent.firstChild
    for (const { dom } of children) {
      if (dom === next) next = next.nextSibling
      else parent.insertBefore(dom, next)
    }
    return children
  }

  #create(node: PageNode, outer: string): Mounted {
    if (typeof node === 'string') return { node, dom: this.#document.createTextNode(node), children: [] }
    const namespace = node.tag === 'svg' ? SVG : outer
    const dom = this.#document.createElementNS(namespace, node.tag)
    const children = this.#updateChildren(dom, [], { nodes: node.children, namespace })
    setAttributes(dom, {}, node.attributes)
    return { node, dom, children }
  }

  /** `mounted` is a text where `node` is one, and an element of the same tag where it is not. */
  #update(mounted: Mounted, node: PageNode, outer: string): Mounted {
    const { node: before, dom } = mounted
    mounted.node = node
    if (typeof node === 'string') {
      if (node !== before) dom.nodeValue = node
    } else if (typeof before !== 'string' && node !== before) {
      this.#updateElement(mounted, { before, node, outer })
    }
    return mounted
  }

  #updateElement(
    mounted: Mounted,
    {
      before,
      node,
      outer,
    }: { readonly before: ElementNode; readonly node: ElementNode; readonly outer: string },
  ): void {
    const dom = mounted.dom as DomElement
    const namespace = node.tag === 'svg' ? SVG : outer
    const follows = node.attributes['data-follow'] === true && isAtEnd(dom)
    mounted.children = this.#updateChildren(dom, mounted.children, { nodes: node.children, namespace })
    setAttributes(dom, before.attributes, node.attributes)
    if (follows) dom.scrollTop = dom.scrollHeight
  }
}

/** Names that tell siblings apart: by tag and key, and by their place among those who share both. */
function withNames(nodes: readonly PageNode[]): string[] {
  const counts = new Map<string, number>()
  return nodes.map((node) => {
    const kind = typeof node === 'string' ? '#text' : `${node.tag} ${node.key ?? ''}`
    const count = counts.get(kind) ?? 0
    counts.set(kind, count + 1)
    return `${kind} ${count}`
  })
}

function setAttributes(dom: DomElement, before: Attributes, after: Attributes): void {
  for (const name of Object.keys(before)) {
    if (!(name in after)) setAttribute(dom, name, undefined)
  }
  for (const [name, value] of Object.entries(after)) {
    if (value !== before[name]) setAttribute(dom, name, value)
  }
}

function setAttribute(dom: DomElement, name: string, value: Attributes[string]): void {
  if (name.startsWith('on') || PROPERTIES.has(name)) Reflect.set(dom, name, value ?? null)
  else if (value === undefined || value === false) dom.removeAttribute(name)
  else dom.setAttribute(name, value === true ? '' : String(value))
}

function isAtEnd({ scrollTop, clientHeight, scrollHeight }: DomElement): boolean {
  return scrollTop + clientHeight >= scrollHeight - END_PIXELS
}
