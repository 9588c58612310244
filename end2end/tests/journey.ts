// Steps that journeys share: who acts, the password once more, waiting for a state, looking at single records.
import { expect, type Browser, type Page } from '@playwright/test';
import { password, people, signIn } from './support.mjs';

export type Who = keyof typeof people;

/** With and without JavaScript: every page must be complete without it. */
export const both = [true, false].map((javaScriptEnabled) => ({
  javaScriptEnabled,
  how: javaScriptEnabled ? 'with JavaScript' : 'without JavaScript',
}));

/** A page of somebody, signed in. */
export async function as(browser: Browser, who: Who, javaScriptEnabled: boolean): Promise<Page> {
  const context = await browser.newContext({ javaScriptEnabled });
  const page = await context.newPage();
  await signIn(page, people[who]);
  return page;
}

/** Gives the password once more where it is asked for, and sends the form again. */
export async function sendCarefully(page: Page, button: string, fill: () => Promise<void> = async () => {}) {
  await fill();
  await page.getByRole('button', { name: button, exact: true }).click();
  if (page.url().includes('/step-up')) {
    await page.getByLabel('Password').fill(password);
    await page.getByRole('button', { name: 'Continue' }).click();
    await fill();
    await page.getByRole('button', { name: button, exact: true }).click();
  }
}

/** Loads a request again until it is in a state. */
export async function waitForState(page: Page, path: string, state: string) {
  await expect(async () => {
    await page.goto(path);
    await expect(page.locator('main .panel-head .tag[data-state]').first()).toHaveAttribute('data-state', state, {
      timeout: 500,
    });
  }).toPass({ timeout: 120_000 });
}

/**
 * Looks at the records of a dataset by hand. They are shown once; one of them exists on purpose, and only the system
 * knows which: here the canary of the synthetic tenant, whose ids begin with 9.
 */
export async function lookAtRecords(page: Page, request: string, dataset: string) {
  await page.goto(`${request}/spot-check`);
  await sendCarefully(page, `Show records of ${dataset}`);
  if (!page.url().includes('shown=')) await sendCarefully(page, `Show records of ${dataset}`);
  const records = page.locator('.records > li');
  const count = await records.count();
  expect(count).toBeGreaterThan(1);
  for (let place = 0; place < count; place += 1) {
    const id = await records.nth(place).locator('legend code').innerText();
    await records.nth(place).getByLabel(id.startsWith('9') ? 'It is there' : 'It is not there').check();
  }
  await page.getByRole('button', { name: 'Record what I saw' }).click();
  await expect(page.getByRole('status').first()).toContainText('the decoy was found, and none of the erased');
}
