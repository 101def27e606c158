// The page of the local AWS in a browser: read, pressed and written into as a person does. What it looked like is left in
// .cache/page. Without a Chromium the test skips, and says so.
import { resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { Chromium, findChromium } from './chromium.js'
import { Stage } from './stage.js'
import type { Tab } from './tab.js'

const LAPTOP = { width: 1280, height: 800 }
const PHONE = { width: 400, height: 800 }
const PICTURES = resolve(import.meta.dirname, '../../.cache/page')

const binary = findChromium()
if (binary === undefined) {
  process.stderr.write(
    'test/page is skipped: no Chromium on the PATH. Install one (apt-get install chromium), or name it in CHROMIUM.\n',
  )
}

const picture = (name: string): string => resolve(PICTURES, `${name}.png`)
const row = (queue: string): string =>
  `[...document.querySelectorAll('.queues tbody tr')].find((row) => row.querySelector('button')?.innerText === '${queue}')`
const figure = (queue: string, name: string): string =>
  `${row(queue)}?.querySelector('[data-label="${name}"]').innerText`
const isOpen = (queue: string): string => `${row(queue)}.querySelector('button').ariaExpanded === 'true'`
const says = (selector: string, text: string): string =>
  `[...document.querySelectorAll('${selector}')].some((element) => element.innerText.includes(${JSON.stringify(text)}))`

describe.skipIf(binary === undefined)('the page', { timeout: 60_000 }, () => {
  let stage: Stage
  let chromium: Chromium
  let tab: Tab
  const closers: (() => Promise<void>)[] = []

  beforeAll(async () => {
    stage = await Stage.open()
    closers.push(() => stage.close())
    chromium = await Chromium.start(binary ?? '')
    closers.push(() => chromium.close())
    tab = await chromium.open(stage.aws.endpoint, LAPTOP)
  })

  afterAll(async () => {
    for (const close of closers.toReversed()) await close()
  })

  test('says what to do while there is nothing to show', async () => {
    await tab.until('it is live', says('.live', 'live'))
    const [variable] = Object.entries(stage.aws.environment).map(([name, value]) => `${name}=${value}`)
    expect(await tab.text('.command code')).toContain(`export ${variable}`)
    expect(await tab.text('.panel-alarms')).toContain('longshore apply')
    await tab.screenshot(picture('empty'))
  })

  test('shows queues as they come', async () => {
    await stage.fillQueues()
    await tab.until('ten messages wait', `${figure('thumbnails', 'Waiting')} === '10'`)
    expect(await tab.text('.queues')).toContain('after 5 receives → thumbnails-dead-letters')
  })

  test('sends a message, and counts it without a reload', async () => {
    await tab.evaluate('(window.loadedOnce = true)')
    await tab.click('thumbnails')
    await tab.clickOn('.send textarea')
    await tab.type('{"key":"sent by hand"}')
    await tab.click('Send')
    // A notice passes.
    await tab.until('it says so', says('.notice.shown', 'Sent a message to thumbnails'))
    await tab.until('eleven wait', `${figure('thumbnails', 'Waiting')} === '11'`)
    await tab.until('the message is listed', `document.querySelectorAll('.message').length === 11`)
    expect(await tab.evaluate('window.loadedOnce')).toBe(true)
  })

  test('shows bodies to who asks, and receives nothing by it', async () => {
    expect(await tab.text('.messages')).not.toContain('sent by hand')
    await tab.click('Show bodies')
    await tab.until('bodies show', says('.messages pre', 'sent by hand'))
    expect(await tab.text('.message')).toContain('0 receives')
  })

  test('redrives dead letters', async () => {
    await stage.letMessagesDie()
    await tab.until('all are dead', `${figure('thumbnails-dead-letters', 'Waiting')} === '11'`)
    await tab.click('thumbnails-dead-letters')
    await tab.until('they show where they came from', says('.message', 'from thumbnails'))
    await tab.screenshot(picture('dead-letters'))
    await tab.click('Redrive')
    await tab.click('Move 11 messages back?')
    await tab.until('all are back', `${figure('thumbnails', 'Waiting')} === '11'`)
    await tab.until('it says how it went', says('.details', 'Redrive completed: 11 of 11 moved'))
    await tab.click('thumbnails')
    await tab.until(
      'its messages show',
      `document.querySelectorAll('.message').length === 11 && ${isOpen('thumbnails')}`,
    )
  })

  test('leaves focus, text and scroll alone when it changes', async () => {
    await tab.click('Show bodies')
    await tab.until('there is more than fits', `document.querySelectorAll('.messages pre').length === 11`)
    await tab.clickOn('.send textarea')
    await tab.type(' and more')
    await tab.evaluate(`document.querySelector('.messages .rows').scrollTop = 120`)
    const shown = await tab.text('.clock time')
    await tab.until('time has passed', `document.querySelector('.clock time').innerText !== '${shown}'`)
    expect(await tab.evaluate('document.activeElement.value')).toBe('{"key":"sent by hand"} and more')
    expect(await tab.evaluate(`document.querySelector('.messages .rows').scrollTop`)).toBe(120)
  })

  test('can be used with the keyboard alone', async () => {
    await tab.evaluate(`${row('thumbnails-dead-letters')}.querySelector('button').focus()`)
    await tab.key('Enter', 13)
    await tab.until('it opens', isOpen('thumbnails-dead-letters'))
    await tab.key('Enter', 13)
    await tab.until('it closes', `!document.querySelector('.details')`)
    expect(await tab.evaluate('document.activeElement.innerText')).toBe('thumbnails-dead-letters')
  })

  test('follows tasks and their logs', async () => {
    await stage.runService()
    await tab.until('two tasks run', `document.querySelectorAll('.task .chip.good').length === 2`)
    await tab.clickOn('.task button.name')
    await tab.until('its log goes on', says('.log', 'image 5 is done'))
    const isAtEnd = `(() => { const log = document.querySelector('.log'); return log.scrollTop + log.clientHeight >= log.scrollHeight - 2 })()`
    await tab.until('the log is longer than its place', `document.querySelectorAll('.log > div').length > 14`)
    await tab.until('its end is shown', isAtEnd)
  })

  test('protects a task', async () => {
    await tab.click('Protect')
    await tab.until('it is protected', says('.task', 'protected for 1 h 59 min'))
    await tab.click('Unprotect')
    await tab.until('it is not', `!${says('.task', 'protected for')}`)
  })

  test('asks before it stops a task, takes the question back, and stops it', async () => {
    await tab.click('Stop')
    await tab.until('it asks', says('.task button', 'Stop it?'))
    await tab.key('Escape', 27)
    await tab.until('it asks no more', `!${says('.task button', 'Stop it?')}`)
    const first = await tab.text('.task button.name')
    await tab.click('Stop')
    await tab.click('Stop it?')
    await tab.until('another runs in its place', `!${says('.rows > li > .task', first)}`)
    await tab.click(`▸1 stopped lately`)
    await tab.until('it is among the stopped', says('.task', 'Stopped from the page of @longshore/local'))
    await tab.until('two run again', `document.querySelectorAll('.task .chip.good').length === 2`)
  })

  test('changes the desired count', async () => {
    await tab.click('+')
    await tab.until('three are desired', `document.querySelector('.stepper output').innerText === '3'`)
    await tab.until('three run', `document.querySelectorAll('.task .chip.good').length === 3`)
  })

  test('shows an alarm go to ALARM, and what follows, as it happens', async () => {
    await stage.putAlarm('backlog is too long')
    await tab.until('it is there', says('.alarm', 'backlog is too long'))
    expect(await tab.evaluate(says('.alarm .chip', 'ALARM'))).toBe(false)
    // A minute is a second: values for some minutes on end, as a scaler publishes them.
    const publishing = setInterval(() => void stage.publish(900), 300)
    try {
      await tab.until('it is in ALARM', says('.alarm .chip.bad', 'ALARM'))
      await tab.until('the feed says so', says('.happening', '→ ALARM'))
      await tab.until('the service scales out', says('.happening.good', 'Setting desired count to 4'))
      await tab.until('the title says so', `document.title.includes('in ALARM')`)
      await tab.until('it says why no more', says('.happening', 'Not scaled: already at max capacity (4)'))
      expect(await tab.evaluate(says('.happening .detail', 'TargetTracking-'))).toBe(false)
    } finally {
      clearInterval(publishing)
    }
    expect(await tab.text('.service .plots')).toContain('target 100')
  })

  test('says why a service has no task, and that calls fail on purpose', async () => {
    const fault = stage.aws.faults.add({ effect: 'throttling', operation: 'ListQueues', count: 1 })
    await tab.until('there is a fault', says('.bar .faults', '1 fault'))
    expect(await tab.evaluate(`document.querySelector('.faults').title`)).toContain('effect=throttling')
    fault.remove()
    await tab.until('there is none', `!document.querySelector('.faults')`)

    await stage.runWithoutRoom('homeless')
    await tab.until('it says what it lacks', says('.service .warn', 'It was unable to place a task'))
    await stage.remove('homeless')
    await tab.until('it is gone', `!${says('.service', 'homeless')}`)
  })

  test('shows one account at a time', async () => {
    await stage.createElsewhere('theirs')
    const choose = (account: string): Promise<unknown> =>
      tab.evaluate(
        `(() => { const select = document.querySelector('.bar select'); select.value = '${account}'; select.dispatchEvent(new Event('change')) })()`,
      )
    await tab.until('it can be chosen', `document.querySelectorAll('.bar select')[0].length === 2`)
    await choose('123456789012/eu-west-1')
    await tab.until(
      'its queue alone is shown',
      `document.querySelector('.queues tbody').innerText.includes('theirs')`,
    )
    expect(await tab.evaluate(says('.queues', 'thumbnails'))).toBe(false)
    await choose('000000000000/us-east-1')
    await tab.until('ours are back', `${figure('thumbnails', 'Waiting')} === '11'`)
  })

  test('reads in light and dark, on a laptop and a phone', async () => {
    await tab.clickOn('.queues button.name')
    await tab.until('its messages show', `document.querySelectorAll('.message').length === 11`)
    await tab.screenshot(picture('light'))
    for (const [name, size, isDark] of [
      ['dark', LAPTOP, true],
      ['phone', PHONE, false],
    ] as const) {
      const other = await chromium.open(stage.aws.endpoint, { ...size, isDark })
      await other.until('it is live', says('.live', 'live'))
      await other.until('queues are shown', `${figure('thumbnails', 'Waiting')} === '11'`)
      await other.screenshot(picture(name), true)
      expect(await other.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0)
      expect(other.problems).toEqual([])
      await other.close()
    }
    await tab.comeToFront()
  })

  test('purges a queue, once it is asked twice', async () => {
    await tab.click('Purge')
    expect(await tab.evaluate(figure('thumbnails', 'Waiting'))).toBe('11')
    await tab.click('Drop 11 messages?')
    await tab.until('none waits', `${figure('thumbnails', 'Waiting')} === '0'`)
    await tab.until('none is listed', `document.querySelectorAll('.message').length === 0`)
  })

  test('has nothing to complain about in its console', () => {
    expect(tab.problems).toEqual([])
  })

  test('says when the server is gone', async () => {
    await stage.aws.close()
    await tab.until('it waits', says('.live.off', 'waiting for the server'))
  })
})
