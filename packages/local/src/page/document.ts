import { answer } from '../server/answer.js'
import type { Answer } from '../server/answer.js'
import { STYLE } from './style/style.js'

// Everything comes from this server, nothing runs inline, and nobody may put the page in a frame to have it clicked.
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

const HEADERS = {
  'Content-Security-Policy': CONTENT_SECURITY_POLICY,
  'Cross-Origin-Resource-Policy': 'same-origin',
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cache-Control': 'no-store',
}

const ICON =
  "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Crect width='16' height='16' rx='4' fill='%232b6cb0'/%3E%3Cpath d='M4 11V7m4 4V4m4 7V9' stroke='white' stroke-width='2' stroke-linecap='round'/%3E%3C/svg%3E"

const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Longshore local AWS</title>
<link rel="icon" href="${ICON}">
<link rel="stylesheet" href="/_longshore/page/style.css">
<script type="module" src="/_longshore/page/main.js"></script>
</head>
<body>
<div id="page"><p class="loading">Reading the state of this AWS…</p></div>
<noscript><p class="loading">The page shows what happens as it happens, and needs JavaScript for that.</p></noscript>
</body>
</html>
`

export function pageAnswer(): Answer {
  return answer(200, PAGE, { ...HEADERS, 'Content-Type': 'text/html; charset=utf-8' })
}

export function styleAnswer(): Answer {
  return answer(200, STYLE, { ...HEADERS, 'Content-Type': 'text/css; charset=utf-8' })
}

export function scriptAnswer(script: string): Answer {
  return answer(200, script, { ...HEADERS, 'Content-Type': 'text/javascript; charset=utf-8' })
}
