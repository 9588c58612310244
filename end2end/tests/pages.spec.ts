// Every page of the table in app/src/routes.rs, as every role that sees something of its own there, light and dark: nothing
// keeps anybody out. A page of the table without a visit fails.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, type Page } from '@playwright/test';
import { expectAccessible } from './axe';
import { as, type Who } from './journey';

/** How somebody gets to a page. */
type Way = (page: Page) => Promise<unknown>;

/** By its address. */
const at = (address: string): Way => async (page) => page.goto(address);

/** By the first link of a list that leads to a noun, and further from there. */
const from = (list: string, noun: string, further = ''): Way => async (page) => {
  await page.goto(list);
  const links = await page.locator('main a[href]').evaluateAll((all) => all.map((link) => link.getAttribute('href') ?? ''));
  const found = links.map((href) => href.split('?')[0]).find((href) => href.startsWith(`${noun}/`) && /[0-9a-f]{8}-/.test(href));
  expect(found, `${list} leads to something of ${noun}`).toBeTruthy();
  await page.goto(`${found}${further}`);
};

const request = (state: string, further = '') => from(`/requests?state=${state}`, '/requests', further);

/** By the printed code of the newest certificate. */
const byCode: Way = async (page) => {
  await from('/certificates', '/certificates')(page);
  const code = (await page.locator('main dd code').first().innerText()).trim();
  await page.goto(`/verify/${code}`);
};

/** By the form of a hold that is not placed. */
const previewed: Way = async (page) => {
  await page.goto('/holds/new');
  await page.getByLabel('One tenant', { exact: true }).check();
  await page.locator('[name="tenant"]').selectOption('synthetic');
  await page.getByLabel('Matter', { exact: true }).fill('A matter that is only looked at');
  await page.getByLabel('Court, regulator or body').fill('High Court');
  await page.getByLabel('What gives the hold its force').selectOption({ index: 1 });
  await page.getByLabel('Why the data may be kept').selectOption({ index: 1 });
  await page.getByLabel('Who answers for it').fill('Legal department');
  await page.getByLabel('The matter runs from').fill('2026-01-01');
  await page.getByLabel('To be looked at again on').fill('2031-01-01');
  await page.getByLabel('The ground only').check();
  await page.getByRole('button', { name: 'See what it would stop' }).click();
};

/** By the first step of connecting a system, and on to a later one. */
const connecting = (step: string): Way => async (page) => {
  await page.goto('/inventory/connect');
  await page.getByLabel('Short name').fill('returns');
  await page.getByLabel('What people call it').fill('Returns');
  await page.locator('[name="kind"][value="attestation"]').check();
  await page.getByLabel('Who answers for it').fill('Logistics');
  await page.getByLabel('Where the data is').fill('Denmark');
  await page.getByRole('button', { name: 'Go on' }).click();
  const draft = new URL(page.url()).searchParams.get('draft');
  await page.goto(`/inventory/connect/${step}?draft=${draft}`);
};

type Visitor = Who | 'nobody';
const staff: Who[] = ['counsel', 'officer', 'operator', 'auditor', 'administrator'];

/** Who visits which page of the table, and how. */
const visits: Record<string, [Visitor[], Way]> = {
  '/': [['nobody', ...staff, 'requester', 'stranger'], at('/')],
  '/sign-in': [['nobody'], at('/sign-in')],
  '/sign-in/code': [['nobody'], at('/sign-in/code')],
  '/reset': [['nobody'], at('/reset')],
  '/invitation': [['nobody'], at('/invitation?token=spent')],
  '/step-up': [['officer'], at('/step-up?next=/')],
  '/api': [['nobody', 'operator'], at('/api')],
  '/requests': [[...staff, 'requester'], at('/requests')],
  '/requests/new': [['counsel', 'requester'], at('/requests/new')],
  '/requests/{id}': [['counsel', 'officer', 'auditor', 'requester'], from('/requests?state=certified', '/requests')],
  '/requests/{id}/identity': [['secondCounsel'], request('received', '/identity')],
  '/requests/{id}/approve': [['officer', 'auditor'], request('planned', '/approve')],
  '/requests/{id}/attest': [['counsel'], request('planned', '/attest')],
  '/requests/{id}/spot-check': [['officer'], request('verified', '/spot-check')],
  '/requests/{id}/certify': [['certifier'], request('verified', '/certify')],
  '/requests/{id}/act': [['officer', 'operator'], request('planned', '/act')],
  '/search': [[...staff, 'requester'], at('/search?q=aurora')],
  '/verify': [['nobody'], at('/verify?code=0000-0000-0000')],
  '/verify/{reference}': [['officer'], byCode],
  '/certificates': [['officer', 'requester'], at('/certificates')],
  '/certificates/{id}': [['officer', 'requester'], from('/certificates', '/certificates')],
  '/certificates/{id}/revoke': [['officer', 'counsel'], from('/certificates', '/certificates', '/revoke')],
  '/certificates/{id}/addendum': [['officer', 'auditor'], from('/certificates', '/certificates', '/addendum')],
  '/download/{token}': [['nobody'], at('/download/spent')],
  '/drills': [['operator', 'officer', 'auditor'], at('/drills')],
  '/incidents': [['officer', 'auditor'], at('/incidents')],
  '/incidents/{id}': [['officer', 'counsel', 'auditor'], from('/incidents', '/incidents')],
  '/log': [['counsel', 'auditor', 'administrator'], at('/log')],
  '/log/{entry}': [['auditor'], from('/log', '/log')],
  '/jobs': [['operator'], at('/jobs')],
  '/tenants': [['counsel', 'auditor'], at('/tenants')],
  '/tenants/new': [['counsel'], at('/tenants/new')],
  '/tenants/{id}': [['counsel', 'auditor'], from('/tenants', '/tenants')],
  '/privacy': [['auditor', 'administrator'], at('/privacy')],
  '/settings/keys': [['administrator', 'officer'], at('/settings/keys')],
  '/settings/keys/rotate/{kind}': [['administrator'], at('/settings/keys/rotate/document')],
  '/settings/keys/compromised': [['administrator'], at('/settings/keys/compromised')],
  '/settings': [['administrator', 'officer'], at('/settings')],
  '/styleguide': [['nobody'], at('/styleguide')],
  '/holds': [['counsel', 'operator'], at('/holds')],
  '/holds/new': [['counsel'], at('/holds/new')],
  '/holds/new/preview': [['counsel'], previewed],
  '/holds/confirm': [['counsel'], at('/holds/confirm')],
  '/holds/duties': [['counsel', 'auditor'], at('/holds/duties')],
  '/holds/duties/new': [['counsel'], at('/holds/duties/new')],
  '/holds/duties/{id}': [['counsel'], from('/holds/duties', '/holds/duties')],
  '/holds/{id}': [['counsel', 'auditor'], from('/holds', '/holds')],
  '/holds/{id}/release': [['counsel'], from('/holds?state=in_force', '/holds', '/release')],
  '/inventory': [['counsel', 'operator', 'auditor'], at('/inventory')],
  '/inventory/connect': [['operator'], at('/inventory/connect')],
  '/inventory/connect/paste': [['operator'], at('/inventory/connect/paste')],
  '/inventory/connect/reach': [['operator'], connecting('reach')],
  '/inventory/connect/datasets': [['operator'], connecting('datasets')],
  '/inventory/connect/check': [['operator'], connecting('check')],
  '/inventory/versions': [['operator'], at('/inventory/versions')],
  '/inventory/versions/{number}': [['operator'], at('/inventory/versions/2')],
  '/inventory/{name}': [['operator', 'auditor'], at('/inventory/crm')],
  '/inventory/{name}/retire': [['operator'], at('/inventory/crm/retire')],
  '/people': [['administrator'], at('/people')],
  '/people/invite': [['administrator'], at('/people/invite')],
  '/people/{id}': [['administrator'], from('/people', '/people')],
  '/account': [['officer', 'requester'], at('/account')],
  '/account/second-factor': [['officer'], at('/account/second-factor')],
  '/account/recovery-codes': [['officer'], at('/account/recovery-codes')],
  '/account/tokens/new': [['officer'], at('/account/tokens/new')],
  '/account/token': [['officer'], at('/account/token')],
};

/** The paths of the table. */
function table(): string[] {
  const source = readFileSync(join(__dirname, '../../app/src/routes.rs'), 'utf8');
  const rows = [...source.matchAll(/^ {4}"(\/[^"]*)" (?:Public|SignedIn|Development|Only\()/gm)];
  return rows.map((row) => row[1]);
}

test('every page of the table is visited', () => {
  expect(table().length).toBeGreaterThan(50);
  expect(Object.keys(visits).sort()).toEqual(table().sort());
});

const visitors = [...new Set(Object.values(visits).flatMap(([who]) => who))];
for (const visitor of visitors) {
  test(`no page keeps ${visitor} out, light or dark`, async ({ browser }) => {
    test.setTimeout(480_000);
    const page = visitor === 'nobody' ? await (await browser.newContext()).newPage() : await as(browser, visitor, true);
    for (const [path, [who, go]] of Object.entries(visits)) {
      if (!who.includes(visitor)) continue;
      await test.step(path, async () => {
        // Without motion: a colour that fades over would be judged half way.
        await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
        await go(page);
        // The page of the table was drawn, and not the sign-in or the one that says that nothing is there.
        await expect(page.locator('main')).toHaveAttribute('data-page', path);
        await expect(page.getByRole('heading', { level: 1 })).toHaveCount(1);
        await expectAccessible(page);
        await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' });
        await expectAccessible(page);
      });
    }
    await page.context().close();
  });
}
