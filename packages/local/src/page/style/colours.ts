/** The palette, light and dark. Lines and words keep a contrast of 4.5 to 1 against what is behind them. */
export const COLOURS: string = `
:root {
  color-scheme: light dark;
  --ground: #f4f6f8;
  --surface: #ffffff;
  --sunken: #f4f6f8;
  --border: #dfe4ea;
  --text: #1b2530;
  --muted: #5a6875;
  --accent: #1f63b5;
  --first: #1f63b5;
  --first-area: #1f63b51f;
  --second: #b45309;
  --third: #6b7280;
  --target: #157347;
  --threshold: #c02b37;
  --good: #157347;
  --good-area: #dcf3e6;
  --bad: #b4232f;
  --bad-area: #fbe3e5;
  --busy: #915006;
  --busy-area: #fdf0d9;
  --plain-area: #e9edf1;
  --grid: #e6eaef;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #0f1419;
    --surface: #171d24;
    --sunken: #10161c;
    --border: #2a333d;
    --text: #e3e8ed;
    --muted: #95a2af;
    --accent: #6cb0f5;
    --first: #6cb0f5;
    --first-area: #6cb0f526;
    --second: #f0a54a;
    --third: #9aa5b1;
    --target: #57c78a;
    --threshold: #f0717b;
    --good: #62d096;
    --good-area: #143526;
    --bad: #ff8b93;
    --bad-area: #43191e;
    --busy: #f2b45f;
    --busy-area: #3a2a10;
    --plain-area: #242d36;
    --grid: #232b34;
  }
}
`
