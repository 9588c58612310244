// Pictures of every page, at two widths, light and dark: LETHE_URL and LETHE_PASSWORD name a running demonstration,
// `node screenshots.mjs FOLDER [PART OF A PATH]` writes them; `node screenshots.mjs FOLDER --readme` those of the README.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from '@playwright/test';
import { browser as settings, people, signIn } from './tests/support.mjs';

const base = process.env.LETHE_URL ?? 'http://127.0.0.1:8080';
const [folder = 'screenshots', only = ''] = process.argv.slice(2);
const sizes = { wide: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } };

// Pages by who looks at them. `first:` follows the first link of a list that matches.
const pages = {
  nobody: ['/', '/sign-in', '/reset', '/verify', '/verify/0000-0000-0000-0000', '/api', '/no-such-page'],
  officer: [
    '/',
    '/requests',
    '/requests/new',
    'first:/requests?state=certified /requests/',
    'first:/requests?state=on_hold /requests/',
    'first:/requests?state=verified /requests/',
    'first:/requests?state=planned /requests/',
    'first:/requests?state=planned /requests/ /approve',
    'first:/requests?state=planned /requests/ /act',
    'first:/requests?state=received /requests/ /identity',
    'first:/requests?state=verified /requests/ /spot-check',
    'first:/requests?state=verified /requests/ /certify',
    '/certificates',
    'first:/certificates /certificates/',
    'first:/certificates /certificates/ /revoke',
    '/incidents',
    'first:/incidents /incidents/',
    '/log',
    'first:/log /log/',
    '/search?q=aurora',
    '/settings',
    '/account',
    '/account/second-factor',
    '/account/tokens/new',
    '/step-up?next=/',
    '/tenants',
    'first:/tenants /tenants/',
    '/tenants/new',
  ],
  counsel: [
    '/',
    '/holds',
    '/holds/new',
    'first:/holds /holds/0',
    'first:/holds /holds/0 /release',
    '/holds/duties',
    '/holds/duties/new',
  ],
  operator: [
    '/',
    '/inventory',
    '/inventory/crm',
    '/inventory/crm/retire',
    '/inventory/connect',
    '/inventory/connect/paste',
    '/inventory/versions',
    '/inventory/versions/2',
    '/jobs',
  ],
  administrator: ['/', '/people', 'first:/people /people/0', '/people/invite', '/settings'],
  auditor: ['/', '/log'],
  requester: ['/', '/requests', 'first:/requests /requests/0', '/requests/new', '/certificates', 'first:/certificates /certificates/0'],
};

async function resolve(page, name) {
  if (!name.startsWith('first:')) return name;
  const [list, prefix, suffix = ''] = name.slice('first:'.length).split(' ');
  await page.goto(base + list);
  const links = await page.locator('main a[href]').evaluateAll((all) => all.map((link) => link.getAttribute('href')));
  const found = links.find((href) => href.startsWith(prefix) && /[0-9a-f]{8}-/.test(href));
  return found ? found.split('?')[0] + suffix : null;
}

// The pictures of the README: one screen each.
const readme = {
  'page-request.png': ['officer', 'first:/requests?state=certified /requests/'],
  'page-approve.png': ['officer', 'first:/requests?state=planned /requests/ /approve'],
  'page-certificate.png': ['officer', 'first:/certificates /certificates/'],
};

const slug = (who, name) => `${who}-${name.replace(/^first:/, '').replace(/[^a-z0-9]+/gi, '-').replace(/^-|-$/g, '') || 'home'}`;

mkdirSync(folder, { recursive: true });
const browser = await chromium.launch(settings);
let missing = 0;
if (only === '--readme') {
  for (const [file, [who, name]] of Object.entries(readme)) {
    const context = await browser.newContext({ viewport: { width: 1280, height: 860 }, colorScheme: 'light', baseURL: base });
    const page = await context.newPage();
    await signIn(page, people[who]);
    await page.goto(await resolve(page, name));
    await page.screenshot({ path: join(folder, file) });
    await context.close();
  }
  await browser.close();
  process.exit(0);
}
for (const scheme of (process.env.SCHEMES ?? 'light,dark').split(',')) {
  for (const [size, viewport] of Object.entries(sizes)) {
    for (const [who, names] of Object.entries(pages)) {
      const wanted = names.filter((name) => name.includes(only));
      if (!wanted.length) continue;
      const context = await browser.newContext({ viewport, colorScheme: scheme, baseURL: base });
      const page = await context.newPage();
      if (who !== 'nobody') await signIn(page, people[who]);
      for (const name of wanted) {
        const path = await resolve(page, name);
        if (!path) {
          missing += 1;
          console.error(`nothing to show for ${who} at ${name}`);
          continue;
        }
        await page.goto(path);
        await page.screenshot({ path: join(folder, `${slug(who, name)}.${size}.${scheme}.png`), fullPage: true });
      }
      await context.close();
    }
  }
}
await browser.close();
process.exit(missing ? 1 : 0);
