// A tab of Chromium, as a reader uses it: looking, pointing, pressing, writing.
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'

type Send = (method: string, params?: Record<string, unknown>) => Promise<Record<string, unknown>>

const WAIT_MS = 30_000
const POLL_MS = 50

export class Tab {
  /** What the console reported as errors, and what was thrown and not caught. */
  readonly problems: string[] = []
  readonly #send: Send

  constructor(send: Send) {
    this.#send = send
  }

  async show(
    url: string,
    how: { readonly width: number; readonly height: number; readonly isDark?: boolean },
  ): Promise<void> {
    for (const domain of ['Page', 'Runtime', 'Log']) await this.#send(`${domain}.enable`)
    await this.resize(how)
    const scheme = how.isDark === true ? 'dark' : 'light'
    await this.#send('Emulation.setEmulatedMedia', {
      features: [{ name: 'prefers-color-scheme', value: scheme }],
    })
    await this.#send('Page.navigate', { url })
    await this.until(
      'the page is loaded',
      "document.readyState === 'complete' && location.href !== 'about:blank'",
    )
  }

  async resize({ width, height }: { readonly width: number; readonly height: number }): Promise<void> {
    const metrics = { width, height, deviceScaleFactor: 1, mobile: false }
    await this.#send('Emulation.setDeviceMetricsOverride', metrics)
  }

  hear(method: string, params: Record<string, unknown>): void {
    const said = params as {
      type?: string
      args?: { value?: unknown; description?: string }[]
      entry?: { level: string; text: string; url?: string }
      exceptionDetails?: { text: string; exception?: { description?: string } }
    }
    if (method === 'Runtime.consoleAPICalled' && said.type === 'error') {
      this.problems.push(
        (said.args ?? []).map(({ value, description }) => description ?? String(value)).join(' '),
      )
    }
    if (method === 'Log.entryAdded' && said.entry?.level === 'error') {
      this.problems.push(`${said.entry.text} ${said.entry.url ?? ''}`)
    }
    if (method === 'Runtime.exceptionThrown') {
      this.problems.push(
        said.exceptionDetails?.exception?.description ?? said.exceptionDetails?.text ?? 'thrown',
      )
    }
  }

  /** The value of a JavaScript expression in the page. */
  async evaluate<Value>(expression: string): Promise<Value> {
    const answer = (await this.#send('Runtime.evaluate', {
      expression,
      returnByValue: true,
      awaitPromise: true,
    })) as { result: { value: Value }; exceptionDetails?: { exception?: { description?: string } } }
    if (answer.exceptionDetails !== undefined) {
      throw new Error(`${expression}: ${answer.exceptionDetails.exception?.description}`)
    }
    return answer.result.value
  }

  /** Waits until an expression is true in the page; what it was instead is told. */
  async until(what: string, expression: string): Promise<void> {
    const deadline = performance.now() + WAIT_MS
    while (!(await this.evaluate<boolean>(`Boolean(${expression})`))) {
      if (performance.now() > deadline) {
        const text = await this.evaluate<string>('document.body.innerText')
        throw new Error(`Waited in vain until ${what}. The page says:\n${text}`)
      }
      await new Promise((resolve) => setTimeout(resolve, POLL_MS))
    }
  }

  /** The text of the first element that a selector finds, trimmed. */
  text(selector: string): Promise<string> {
    return this.evaluate(`document.querySelector(${JSON.stringify(selector)})?.innerText.trim() ?? ''`)
  }

  /** Presses the mouse on the middle of the button (or link) that says `label`, inside `scope`. */
  async click(label: string, scope: string = 'body'): Promise<void> {
    const found = `[...document.querySelectorAll(${JSON.stringify(`${scope} button`)})].find((button) => button.innerText.trim() === ${JSON.stringify(label)})`
    await this.until(`there is a button "${label}" in ${scope}`, found)
    await this.#press(`(${found})`)
  }

  /** Presses the mouse on the middle of an element. */
  async clickOn(selector: string): Promise<void> {
    await this.until(`there is ${selector}`, `document.querySelector(${JSON.stringify(selector)})`)
    await this.#press(`document.querySelector(${JSON.stringify(selector)})`)
  }

  /** Types into what has the focus. */
  async type(text: string): Promise<void> {
    await this.#send('Input.insertText', { text })
  }

  async key(key: string, code: number): Promise<void> {
    const event = { key, windowsVirtualKeyCode: code, ...(key === 'Enter' && { text: '\r' }) }
    await this.#send('Input.dispatchKeyEvent', { type: 'keyDown', ...event })
    await this.#send('Input.dispatchKeyEvent', { type: 'keyUp', ...event })
  }

  /** Writes what is seen as a PNG; `isWhole` takes the page down to its foot. */
  async screenshot(path: string, isWhole: boolean = false): Promise<void> {
    const { data } = await this.#send('Page.captureScreenshot', {
      format: 'png',
      captureBeyondViewport: isWhole,
    })
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, Buffer.from(String(data), 'base64'))
  }

  /** Closes it. */
  async close(): Promise<void> {
    await this.#send('Page.close')
  }

  /** A tab behind another draws nothing. */
  async comeToFront(): Promise<void> {
    await this.#send('Page.bringToFront')
  }

  /** In one go, or what is pressed may have moved when the press comes: the page lives. What covers it is an error. */
  async #press(element: string): Promise<void> {
    await this.evaluate(`(() => {
      const element = ${element}
      element.scrollIntoView({ block: 'center' })
      const box = element.getBoundingClientRect()
      const pressed = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2)
      if (!element.contains(pressed)) throw new Error('covered by ' + pressed?.outerHTML.slice(0, 200))
      element.focus()
      element.click()
    })()`)
  }
}
