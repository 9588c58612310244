// Lighthouse on the main pages of a running demonstration: LETHE_URL and LETHE_PASSWORD name it,
// `node lighthouse.mjs` prints the figures, with what keeps them from 100, and fails below 95. Private pages are not for search engines: no SEO there.
import { chromium } from '@playwright/test';
import lighthouse, { desktopConfig } from 'lighthouse';
import { browser as settings, people, signIn } from './tests/support.mjs';

const base = process.env.LETHE_URL ?? 'http://127.0.0.1:8080';
const GOAL = 95;
// The run with the median performance counts.
const RUNS = 3;
const PORT = 9223;

// Who looks at what; `first` follows the first link of a list to one of it.
const pages = [
  { who: 'nobody', path: '/' },
  { who: 'nobody', path: '/verify' },
  { who: 'nobody', path: '/sign-in' },
  { who: 'counsel', path: '/' },
  { who: 'counsel', path: '/holds' },
  { who: 'officer', path: '/' },
  { who: 'officer', path: '/requests' },
  { who: 'officer', first: '/requests?state=certified', path: '/requests/' },
  { who: 'officer', first: '/certificates', path: '/certificates/' },
  { who: 'officer', path: '/log' },
  { who: 'operator', path: '/inventory' },
];

/** The address of a page, and the cookie of whoever looks at it. */
async function prepare(browser, { who, first, path }) {
  const context = await browser.newContext({ baseURL: base });
  const page = await context.newPage();
  if (who !== 'nobody') await signIn(page, people[who]);
  let address = path;
  if (first) {
    await page.goto(first);
    const links = await page.locator('main a[href]').evaluateAll((all) => all.map((link) => link.getAttribute('href')));
    address = links.find((href) => href.startsWith(path) && /[0-9a-f]{8}-/.test(href));
    if (!address) throw new Error(`${first} leads to nothing of ${path}`);
  }
  const cookies = await context.cookies();
  await context.close();
  return { url: base + address, cookie: cookies.map(({ name, value }) => `${name}=${value}`).join('; ') };
}

/** Lighthouse's report of one page, in a browser of its own: what one page leaves behind does not weigh on the next. */
async function judge(one, categories) {
  const browser = await chromium.launch({ ...settings, args: [...settings.args, `--remote-debugging-port=${PORT}`] });
  try {
    const { url, cookie } = await prepare(browser, one);
    const flags = { port: PORT, onlyCategories: categories, logLevel: 'error', disableStorageReset: true };
    if (cookie) flags.extraHeaders = { Cookie: cookie };
    const { lhr } = await lighthouse(url, flags, desktopConfig);
    if (lhr.runtimeError) throw new Error(`${url}: ${lhr.runtimeError.message}`);
    return lhr;
  } finally {
    await browser.close();
  }
}

const score = (lhr, name) => Math.round((lhr.categories[name].score ?? 0) * 100);

let missed = 0;
for (const one of pages) {
  const categories = ['performance', 'accessibility', 'best-practices', ...(one.who === 'nobody' ? ['seo'] : [])];
  const reports = [];
  for (let run = 0; run < RUNS; run += 1) reports.push(await judge(one, categories));
  reports.sort((a, b) => score(a, 'performance') - score(b, 'performance'));
  const lhr = reports[Math.floor(RUNS / 2)];
  const scores = categories.map((name) => [name, score(lhr, name)]);
  console.log(`${one.who} ${one.first ?? one.path}: ${scores.map(([name, figure]) => `${name} ${figure}`).join(', ')}`);
  for (const [name, figure] of scores.filter(([, figure]) => figure < 100)) {
    const weak = lhr.categories[name].auditRefs.filter(({ id, weight }) => weight > 0 && (lhr.audits[id].score ?? 1) < 0.9);
    console.log(`  ${name} ${figure}: ${weak.map(({ id }) => `${id} (${lhr.audits[id].displayValue ?? lhr.audits[id].title})`).join(', ')}`);
    if (figure < GOAL) missed += 1;
  }
}
process.exit(missed ? 1 : 0);
