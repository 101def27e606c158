import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { startLocalAws } from '../../src/index.js'
import type { LocalAws } from '../../src/index.js'
import { exchange } from '../server/raw-http.js'
import type { RawCall } from '../server/raw-http.js'

const HTML = { Accept: 'text/html,application/xhtml+xml,*/*;q=0.8' }
const PATHS = ['/', '/_longshore/state', '/_longshore/events', '/_longshore/page/style.css']

let aws: LocalAws
beforeAll(async () => {
  aws = await startLocalAws()
})
afterAll(() => aws.close())

/** Status, headers and text; the page is not JSON. */
async function read(path: string, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${aws.endpoint}${path}`, { headers })
}

describe('the root', () => {
  it('is a page for who accepts HTML, that nothing but this server has a part in', async () => {
    const response = await read('/', HTML)
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8')
    const policy = response.headers.get('content-security-policy') ?? ''
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain("frame-ancestors 'none'")
    expect(policy).not.toContain('unsafe')
    const page = await response.text()
    expect(page.match(/(?:src|href)="(?!\/_longshore\/|data:)/g)).toBeNull()
    expect(page).not.toMatch(/<script(?![^>]* src=)|<style|\son\w+=/)
  })

  it('is what it was for others', async () => {
    const { status, json, headers } = await exchange(aws.endpoint, { method: 'GET' })
    expect([status, headers['content-type']]).toEqual([200, 'application/json'])
    expect(json).toEqual({ name: '@longshore/local', status: 'running', timeScale: 1 })
  })
})

describe('the parts of the page', () => {
  it('has a style sheet that loads nothing', async () => {
    const response = await read('/_longshore/page/style.css')
    expect(response.headers.get('content-type')).toBe('text/css; charset=utf-8')
    expect(await response.text()).not.toMatch(/@import|url\(/)
  })

  it.each(['unknown.js', '..%2fpage.js', '%2e%2e/page.js', 'main.ts', ''])('has no part %j', async (name) => {
    expect((await read(`/_longshore/page/${name}`)).status).toBe(404)
  })
})

describe('what may be another site’s', () => {
  it.each(PATHS)('is refused under a name that only means this machine: %s', async (path) => {
    const headers = { ...HTML, Host: 'rebound.example.com:4566' }
    const { status, json } = await exchange(aws.endpoint, { method: 'GET', path, headers })
    expect(status).toBe(403)
    expect(json.message).toContain("not under the host 'rebound.example.com:4566'")
  })

  it.each(['127.0.0.1:4566', 'localhost:4566', 'LOCALHOST', '[::1]:4566'])(
    'is served under %s',
    async (host) => {
      const call = { method: 'GET', path: '/_longshore/state', headers: { Host: host } }
      expect((await exchange(aws.endpoint, call)).status).toBe(200)
    },
  )

  it('is refused as an action that a form could send', async () => {
    const action: RawCall = { path: '/_longshore/actions', body: '{}' }
    const statusAs = async (type: string): Promise<number> =>
      (await exchange(aws.endpoint, { ...action, headers: { 'Content-Type': type } })).status
    expect(await statusAs('text/plain')).toBe(415)
    expect(await statusAs('multipart/form-data; boundary=x')).toBe(415)
    expect(await statusAs('application/json; charset=utf-8')).toBe(400)
  })
})
