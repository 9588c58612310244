// Pictures of every page as everybody who sees something of its own there, and of what is the matter when something is, at two
// widths, light and dark: LETHE_URL and LETHE_PASSWORD name a running demonstration, `node screenshots.mjs FOLDER [PART OF A
// NAME]` writes them; `node screenshots.mjs FOLDER --readme` those of the README. What there is to see is in tests/visits.mjs,
// which a test compares with the table of pages, and in tests/sights.mjs.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from '@playwright/test';
import { sights } from './tests/sights.mjs';
import { browser as settings, people, signIn } from './tests/support.mjs';
import { from, request, visits } from './tests/visits.mjs';

const baseURL = process.env.LETHE_URL ?? 'http://127.0.0.1:8080';
const [folder = 'screenshots', only = ''] = process.argv.slice(2);
const sizes = { wide: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } };
const schemes = (process.env.SCHEMES ?? 'light,dark').split(',');

// The pictures of the README: one screen each.
const readme = {
  'page-request.png': ['officer', request('certified')],
  // The newest one is that of a whole tenant.
  'page-approve.png': ['officer', from('/requests?state=planned&sort=received', '/requests', '/approve')],
  'page-certificate.png': ['officer', from('/certificates', '/certificates')],
};

/** A page of somebody, without motion. */
async function opened(browser, who, options = {}) {
  const context = await browser.newContext({ baseURL, reducedMotion: 'reduce', ...options });
  const page = await context.newPage();
  if (who !== 'nobody') await signIn(page, people[who]);
  return page;
}

async function ofReadme(browser) {
  for (const [file, [who, go]] of Object.entries(readme)) {
    const page = await opened(browser, who, { viewport: { width: 1280, height: 860 }, colorScheme: 'light' });
    await go(page);
    await page.screenshot({ path: join(folder, file) });
    await page.context().close();
  }
}

/** Everything there is to see, by who looks. */
function wanted() {
  const name = (path, who) => `${path.replace(/[^a-z0-9]+/gi, '-').replace(/^-|-$/g, '') || 'home'}.${who}`;
  const pages = Object.entries(visits).flatMap(([path, [all, go]]) => all.map((who) => [name(path, who), who, go]));
  const found = [...pages, ...sights].filter(([called]) => called.includes(only));
  const groups = new Map(found.map(([, who]) => [who, []]));
  for (const one of found) groups.get(one[1]).push(one);
  return groups;
}

/** Takes all pictures; gives the names of what could not be shown, or is wider than a phone. */
async function everything(browser) {
  const wrong = [];
  for (const [who, all] of wanted()) {
    const page = await opened(browser, who);
    for (const [called, , go] of all) {
      try {
        await page.setViewportSize(sizes.wide);
        await page.emulateMedia({ media: 'screen' });
        await go(page);
      } catch (error) {
        wrong.push(`${called}: ${String(error.message).split('\n')[0]}`);
        continue;
      }
      for (const [size, viewport] of Object.entries(sizes)) {
        await page.setViewportSize(viewport);
        const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
        if (wide > 0) wrong.push(`${called}: at ${viewport.width} pixels the page scrolls sideways by ${wide}`);
        for (const colorScheme of schemes) {
          await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
          await page.screenshot({ path: join(folder, `${called}.${size}.${colorScheme}.png`), fullPage: true });
        }
      }
    }
    await page.context().close();
  }
  return wrong;
}

mkdirSync(folder, { recursive: true });
const browser = await chromium.launch(settings);
const wrong = only === '--readme' ? await ofReadme(browser).then(() => []) : await everything(browser);
await browser.close();
for (const told of wrong) console.error(told);
process.exit(wrong.length ? 1 : 0);
