import { Connection } from './connection.js'
import type { DomElement, DomWindow } from './dom.js'
import { History } from './history.js'
import { EMPTY_STATE, merge } from './merge.js'
import { Mount } from './mount.js'
import type { PageState } from './page-state.js'
import { pageView, titleOf } from './page-view.js'
import type { Acts, Deed, Shown, Ui } from './shown.js'

const NOTICE_MS = 6_000
/** A button pressed by mistake is safe again after this long. */
const ASKING_MS = 5_000

/** The page in one browser tab: the only writer of what is shown. It draws at most once a frame, and not at all unseen. */
export class LivePage implements Acts {
  readonly #window: DomWindow
  readonly #mount: Mount
  readonly #connection: Connection
  readonly #history = new History()
  readonly #written = new Map<string, string>()
  #state: PageState = EMPTY_STATE
  #ui: Ui
  #isDrawing = false

  constructor(window: DomWindow, root: DomElement) {
    this.#window = window
    this.#mount = new Mount(window.document, root)
    const account = /^#(\d{12}\/[\w-]+)$/.exec(window.location.hash)?.[1]
    this.#ui = {
      isLive: false,
      look: { account, windowMinutes: 60, withBodies: false },
      busy: new Set(),
      toggled: new Set(),
    }
    this.#connection = new Connection(window, {
      onState: (state) => this.#hear(merge(EMPTY_STATE, state)),
      onPatch: (patch) => this.#hear(merge(this.#state, patch)),
      onLive: (isLive) => this.#set({ isLive }),
    })
  }

  start(): void {
    this.#window.document.addEventListener('keydown', ({ key }) => {
      if (key === 'Escape') this.ask(undefined)
    })
    this.#connection.look(this.#ui.look)
    this.#draw()
  }

  chooseAccount(account: string): void {
    this.#window.location.hash = account
    this.#history.clear()
    this.#look({ account, queue: undefined, task: undefined })
  }

  chooseWindow(windowMinutes: number): void {
    this.#look({ windowMinutes })
  }

  openQueue(queue: string | undefined): void {
    this.#look({ queue, withBodies: false })
  }

  showBodies(withBodies: boolean): void {
    this.#look({ withBodies })
  }

  openTask(task: string | undefined): void {
    this.#look({ task })
  }

  toggle(name: string): void {
    const toggled = new Set(this.#ui.toggled)
    if (!toggled.delete(name)) toggled.add(name)
    this.#set({ toggled })
  }

  ask(asking: string | undefined): void {
    if (asking === this.#ui.asking) return
    this.#set({ asking })
    if (asking === undefined) return
    this.#window.setTimeout(() => this.#ui.asking === asking && this.#set({ asking: undefined }), ASKING_MS)
  }

  do(deed: Deed): void {
    if (this.#ui.busy.has(deed.key)) return
    void this.#do(deed)
  }

  point(plot: string | undefined, at: number = 1): void {
    this.#set({ pointer: plot === undefined ? undefined : { plot, at } })
  }

  write(field: string, text: string): void {
    this.#written.set(field, text)
  }

  written(field: string): string {
    return this.#written.get(field) ?? ''
  }

  copy(text: string): void {
    const { clipboard } = this.#window.navigator
    if (clipboard === undefined)
      return this.#say('This browser lets no page copy; select the text instead', true)
    clipboard.writeText(text).then(
      () => this.#say('Copied'),
      (error: unknown) => this.#say(messageOf(error), true),
    )
  }

  /** Never rejects. */
  async #do({ key, feature, input, done }: Deed): Promise<void> {
    const { setup } = this.#state.view
    if (setup === undefined) return
    this.#set({ asking: undefined, busy: new Set([...this.#ui.busy, key]) })
    const { accountId, region } = setup
    try {
      await this.#connection.act({ accountId, region, feature, input })
      this.#say(done)
    } catch (error) {
      this.#say(messageOf(error), true)
    }
    this.#set({ busy: new Set([...this.#ui.busy].filter((busy) => busy !== key)) })
  }

  #look(change: Partial<Ui['look']>): void {
    const look = { ...this.#ui.look, ...change }
    this.#set({ look })
    this.#connection.look(look)
  }

  #hear(state: PageState): void {
    // Another server at this address has another past.
    const isNewServer = state.view.setup?.originMs !== this.#state.view.setup?.originMs
    if (isNewServer) this.#history.clear()
    this.#state = state
    this.#history.sample(state)
    this.#draw()
    // Also in a tab that is not seen, where nothing is drawn: that is where a title is read.
    this.#window.document.title = titleOf(state)
  }

  #say(text: string, isError: boolean = false): void {
    const notice = { text, isError }
    this.#set({ notice })
    this.#window.setTimeout(() => this.#ui.notice === notice && this.#set({ notice: undefined }), NOTICE_MS)
  }

  #set(change: Partial<Ui>): void {
    this.#ui = { ...this.#ui, ...change }
    this.#draw()
  }

  #draw(): void {
    if (this.#isDrawing) return
    this.#isDrawing = true
    this.#window.requestAnimationFrame(() => {
      this.#isDrawing = false
      const shown: Shown = { state: this.#state, ui: this.#ui, history: this.#history, act: this }
      this.#mount.show(pageView(shown))
    })
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
