// Every role finds its rooms, and nothing in them keeps anybody out.
import { expect, test } from '@playwright/test';
import { expectAccessible } from './axe';
import { people, signIn } from './support.mjs';

const rooms: Record<string, string[]> = {
  counsel: ['/', '/requests', '/holds', '/holds/new', '/holds/duties', '/inventory', '/certificates', '/log'],
  officer: ['/', '/requests', '/requests/new', '/certificates', '/log', '/settings', '/account', '/tenants'],
  operator: ['/', '/inventory', '/inventory/crm', '/inventory/connect', '/inventory/versions', '/jobs'],
  auditor: ['/', '/requests', '/holds', '/certificates', '/log'],
  administrator: ['/', '/people', '/people/invite', '/settings', '/log'],
  requester: ['/', '/requests', '/requests/new', '/certificates'],
};

for (const [who, paths] of Object.entries(rooms)) {
  for (const colorScheme of ['light', 'dark'] as const) {
    test(`the rooms of ${who} keep nobody out in the ${colorScheme}`, async ({ browser }) => {
      const context = await browser.newContext({ colorScheme });
      const page = await context.newPage();
      await signIn(page, people[who as keyof typeof people]);
      for (const path of paths) {
        const response = await page.goto(path);
        expect(response?.status(), path).toBe(200);
        await expect(page.getByRole('heading', { level: 1 })).toHaveCount(1);
        await expectAccessible(page);
      }
      await context.close();
    });
  }
}

test('somebody of another tenant does not find the request', async ({ page, browser }) => {
  await signIn(page, people.requester);
  await page.goto('/requests');
  const href = await page.locator('main tbody th a').first().getAttribute('href');
  const stranger = await browser.newPage();
  await signIn(stranger, people.stranger);
  const response = await stranger.goto(href ?? '');
  expect(response?.status()).toBe(404);
  await stranger.close();
});

test('a confidential matter stays with counsel', async ({ page, browser }) => {
  await signIn(page, people.counsel);
  await page.goto('/holds');
  await expect(page.getByText('Inquiry into a recalled product').first()).toBeVisible();
  for (const who of [people.auditor, people.operator, people.stranger]) {
    const other = await browser.newPage();
    await signIn(other, who);
    for (const path of ['/', '/holds', '/requests', '/search?q=recalled']) {
      await other.goto(path);
      expect(await other.content(), `${who} ${path}`).not.toContain('recalled product');
    }
    await other.close();
  }
});
