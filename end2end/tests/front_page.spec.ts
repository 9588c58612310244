// The public pages: complete without JavaScript, and their island wakes up with it.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';

test('the copy button puts the command on the clipboard', async ({ page, context }) => {
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);

  await page.goto('/', { waitUntil: 'networkidle' });
  await page.getByRole('button', { name: 'Copy' }).click();

  await expect(page.getByRole('status')).toHaveText('Copied');
  const command = await page.locator('.command code').innerText();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(command.trim());
  expect(complaints).toEqual([]);
});

test('an unknown page is not found, with a way back', async ({ page }) => {
  const response = await page.goto('/no-such-page');
  expect(response?.status()).toBe(404);
  await expect(page.getByRole('link', { name: 'Go to your home page' })).toBeVisible();
});

test('what the browser loads stays under 150 kB gzipped', () => {
  const pkg = process.env.LETHE_PKG ?? '';
  const files = ['lethe.js.gz', 'lethe_bg.wasm.gz', 'lethe.css.gz'];
  const bytes = files.map((name) => readFileSync(join(pkg, name)).length);
  expect(bytes.reduce((sum, size) => sum + size)).toBeLessThan(150_000);
});

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false });

  test('the page is complete and offers no dead button', async ({ page }) => {
    await page.goto('/');
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Was it really erased?');
    await expect(page.locator('.command code')).toContainText('openssl pkeyutl -verify');
    await expect(page.getByRole('button', { name: 'Copy' })).toBeHidden();
  });
});
