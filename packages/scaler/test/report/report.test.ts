import { describe, expect, it } from 'vitest'
import { createComparison, parseTraffic, renderReport } from '../../src/simulate/index.js'
import { serviceWith } from '../services.js'

function page(subtitle: string): string {
  const service = serviceWith({ tasks: { min: 1, max: 3, concurrency: 2 }, strategy: 'ladder' })
  const traffic = parseTraffic('constant:rate=1/s + batch:size=900,at=5m')
  const runs = createComparison(service, { traffic, duration: '30m' }).map(
    ({ simulation, group, isConfigured }) => {
      simulation.advance(Infinity)
      return { group, isConfigured, outcome: simulation.outcome() }
    },
  )
  const startsAtMs = Date.UTC(2026, 0, 5)
  return renderReport([
    { title: 'thumbnails', subtitle, objectiveSeconds: 60, startsAtMs, runs, note: 'Prices.' },
  ])
}

describe('the page of a comparison', () => {
  it('needs nothing but itself, shows text as text, and is the same each time', () => {
    const html = page('<script>alert("x")</script> & more')
    expect(html).not.toMatch(/<script|<link|<img|https?:|url\(/)
    expect(html).toContain('&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt; &amp; more')
    expect(page('<script>alert("x")</script> & more')).toBe(html)
  })

  it('has every run in its table, the configured one first in full, and four plots of each', () => {
    const html = page('half an hour')
    const names = [...html.matchAll(/<tr(?: class="configured")?><td>([^<]+)<\/td>/g)].map(([, name]) => name)
    expect(names.slice(0, 3)).toEqual(['targetTracking', 'ladder', 'controller'])
    expect(names.length).toBeGreaterThan(10)
    expect(html).toContain('<tr class="configured"><td>ladder</td>')
    expect(html).toContain('<h3>ladder</h3>')
    expect(html.match(/<figure>/g)).toHaveLength(4 * names.length)
    expect(html.match(/<details>/g)).toHaveLength(names.length - 1)
  })

  it('has each figure under its own heading', () => {
    const html = page('half an hour')
    const head = [...html.matchAll(/<th>([^<]*)<\/th>/g)].map(([, heading]) => heading)
    const [, row = ''] = /<tr class="configured">(.*?)<\/tr>/.exec(html) ?? []
    const cells = [...row.matchAll(/<td[^>]*>([^<]*)<\/td>/g)].map(([, cell]) => cell)
    expect(cells).toHaveLength(head.length)
    const under = Object.fromEntries(head.map((heading, at) => [heading, cells[at]]))
    expect(under).toMatchObject({
      '': 'ladder',
      'Too late': expect.stringMatching(/^[\d.]+ %$/),
      'Wait p50': expect.stringMatching(/ (s|min)$/),
      p99: expect.stringMatching(/ (s|min)$/),
      Most: expect.stringMatching(/ (s|min)$/),
      '$ a day': expect.stringMatching(/^\d+\.\d\d$/),
    })
    // What the run's own section says of itself.
    expect(html).toContain(`>$${under['$ a day']}<`)
  })

  it('draws every value within its plot, and says what the largest is', () => {
    const html = page('half an hour')
    const heights = [...html.matchAll(/V(-?[\d.]+)/g)].map(([, y]) => Number(y))
    expect(Math.min(...heights)).toBeGreaterThanOrEqual(0)
    expect(Math.max(...heights)).toBeLessThanOrEqual(160)
    expect(html).not.toContain('NaN')
    expect(html).toMatch(/aria-label="Messages that wait, at most [\d,]+"/)
    expect(html).toContain('<div class="times"><span>00:00</span>')
  })
})
