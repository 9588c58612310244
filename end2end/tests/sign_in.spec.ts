// Signing in: wrong passwords, the way back, and what was typed.
import { expect, test } from '@playwright/test';
import { password, people, signIn } from './support.mjs';

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? 'with JavaScript' : 'without JavaScript', () => {
    test.use({ javaScriptEnabled });

    test('a wrong password is refused in words, and the address stays', async ({ page }) => {
      await page.goto('/sign-in');
      await page.getByLabel('E-mail address').fill('nobody@meridian.example');
      await page.getByLabel('Password').fill('not the password');
      await page.getByRole('button', { name: 'Sign in' }).click();
      await expect(page.getByRole('alert')).toContainText('There is a problem');
      await expect(page.getByLabel('E-mail address')).toHaveValue('nobody@meridian.example');
      await expect(page.getByLabel('Password')).toHaveValue('');
      expect(page.url()).not.toContain('nobody');
    });

    test('signing in leads to the page that was asked for', async ({ page }) => {
      await page.goto('/log?kind=hold.');
      await expect(page.getByRole('heading', { level: 1 })).toHaveText('Sign in');
      await page.getByLabel('E-mail address').fill(people.auditor);
      await page.getByLabel('Password').fill(password);
      await page.getByRole('button', { name: 'Sign in' }).click();
      await expect(page).toHaveURL(/\/log\?kind=hold\./);
    });

    test('a refused form keeps what was typed', async ({ page }) => {
      await signIn(page, people.officer);
      await page.goto('/requests/new');
      await page.getByLabel('The whole tenant').check();
      await page.getByLabel('Contract').fill('X-1');
      await page.getByRole('button', { name: 'Open the request' }).click();
      await expect(page.getByRole('alert')).toContainText('There is a problem');
      await expect(page.getByLabel('Contract')).toHaveValue('X-1');
      await expect(page.getByLabel('The whole tenant')).toBeChecked();
      expect(page.url()).not.toContain('X-1');
    });
  });
}

test('the key / goes to the search box', async ({ page }) => {
  await signIn(page, people.officer);
  await page.goto('/', { waitUntil: 'networkidle' });
  await page.keyboard.press('/');
  await expect(page.getByRole('searchbox', { name: 'Search' })).toBeFocused();
});

test('signing out ends the session', async ({ page }) => {
  await signIn(page, people.officer);
  await page.locator('.account summary').click();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await expect(page.getByRole('status')).toContainText('signed out');
  await page.goto('/requests');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Sign in');
});
