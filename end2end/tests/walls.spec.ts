// What one may not see is not there.
import { expect, test } from '@playwright/test';
import { people, signIn } from './support.mjs';

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
