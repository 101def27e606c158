import { h } from './element.js'
import type { Child, ElementNode } from './element.js'
import { count } from './format.js'
import type { Deed, Shown } from './shown.js'

/** A part of the page under a heading. */
export function panel(title: string, note: Child, ...children: readonly Child[]): ElementNode {
  const id = `panel-${title.toLowerCase().replaceAll(' ', '-')}`
  return h(
    'section',
    { key: title, class: `panel ${id}`, 'aria-labelledby': id },
    h('header', { class: 'panel-head' }, h('h2', { id }, title), h('span', { class: 'note' }, note)),
    ...children,
  )
}

/** How many there are, or that only the first of them are shown. */
export function shownOf(found: number, most: number, one: string): string {
  return found < most ? count(found, one) : `the first ${count(most, one)}`
}

/** What a panel says while it has nothing to show. */
export function empty(...children: readonly Child[]): ElementNode {
  return h('div', { class: 'empty' }, ...children)
}

export function chip(tone: string, text: string): ElementNode {
  return h('span', { class: `chip ${tone}` }, text)
}

export function button(
  label: Child,
  onclick: () => void,
  more: Readonly<Record<string, string | boolean>> = {},
): ElementNode {
  return h('button', { type: 'button', onclick, ...more }, label)
}

/** A button that does something on the server. */
export function deedButton({ ui, act }: Shown, label: string, deed: Deed): ElementNode {
  const isBusy = ui.busy.has(deed.key)
  return button(label, () => act.do(deed), { key: deed.key, class: 'small', 'aria-busy': isBusy })
}

/**
 * A button for what cannot be undone: pressed once it asks, pressed again it does. The second press of a double click
 * counts for nothing; Escape, or leaving the button, takes the question back.
 */
export function askingButton({ ui, act }: Shown, label: string, question: string, deed: Deed): ElementNode {
  const isAsking = ui.asking === deed.key
  return h(
    'button',
    {
      key: deed.key,
      type: 'button',
      class: isAsking ? 'small danger' : 'small',
      'aria-busy': ui.busy.has(deed.key),
      onclick: ({ detail = 0 }) => {
        if (!isAsking) act.ask(deed.key)
        else if (detail < 2) act.do(deed)
      },
      onblur: () => isAsking && act.ask(undefined),
    },
    isAsking ? question : label,
  )
}

/** A heading that shows and hides what is under it. */
export function disclosure(
  { act }: Shown,
  is: { readonly key: string; readonly isOpen: boolean; readonly title: Child; readonly note?: Child },
): ElementNode {
  return h(
    'h3',
    { key: `disclosure ${is.key}`, class: 'disclosure' },
    button(
      [h('span', { class: 'mark', 'aria-hidden': 'true' }, is.isOpen ? '▾' : '▸'), is.title],
      () => act.toggle(is.key),
      {
        'aria-expanded': String(is.isOpen),
      },
    ),
    is.note !== undefined && h('span', { class: 'note' }, is.note),
  )
}

/** A line to be typed into a terminal, with a button that copies it. */
export function commandLine({ act }: Shown, command: string): ElementNode {
  return h(
    'div',
    { class: 'command' },
    h('code', {}, command),
    button('Copy', () => act.copy(command), { class: 'small' }),
  )
}
