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

/** Opens a request for one person, and brings it to where an officer certifies. */
export async function toVerified(browser: Browser, javaScriptEnabled: boolean, tenant: string, email: string): Promise<string> {
  const counsel = await as(browser, 'counsel', javaScriptEnabled);
  await counsel.goto('/requests/new');
  await counsel.getByLabel('Tenant', { exact: true }).selectOption(tenant);
  await counsel.getByLabel('One person').check();
  await counsel.getByLabel('How systems know this person').fill(`email=${email}`);
  await counsel.getByRole('button', { name: 'Open the request' }).click();
  await expect(counsel.getByRole('status').first()).toContainText('The request is open');
  const path = new URL(counsel.url()).pathname;
  const second = await as(browser, 'secondCounsel', javaScriptEnabled);
  await second.goto(`${path}/identity`);
  await second.getByLabel('Document').check();
  await second.getByLabel('Evidence').fill('passport shown at the desk, record 17');
  await second.getByRole('button', { name: 'Confirm the identity' }).click();
  await approve(browser, javaScriptEnabled, path, tenant);
  for (const page of [counsel, second]) await page.context().close();
  return path;
}

/** An officer approves the plan, and everything is looked at. */
export async function approve(browser: Browser, javaScriptEnabled: boolean, path: string, tenant: string) {
  const officer = await as(browser, 'officer', javaScriptEnabled);
  await waitForState(officer, path, 'planned');
  await officer.goto(`${path}/approve`);
  await sendCarefully(officer, 'Approve the erasure', () => officer.getByLabel(/Type the key of the tenant/).fill(tenant));
  await expect(officer.getByRole('status').first()).toContainText('The run is approved');
  await waitForState(officer, path, 'verified');
  await officer.context().close();
}

/** Another officer certifies; gives the address of the certificate once it is issued. */
export async function certify(browser: Browser, javaScriptEnabled: boolean, path: string, tenant: string): Promise<string> {
  const certifier = await as(browser, 'certifier', javaScriptEnabled);
  await certifier.goto(`${path}/certify`);
  await sendCarefully(certifier, 'Certify what was found', () =>
    certifier.getByLabel(/Type the key of the tenant/).fill(tenant),
  );
  await expect(certifier.getByRole('status').first()).toContainText('Certified');
  await expect(async () => {
    await certifier.goto(path);
    await expect(certifier.locator('[data-state="issued"]')).toBeVisible({ timeout: 500 });
  }).toPass({ timeout: 60_000 });
  const issued = certifier.getByRole('link', { name: /^Certificate / }).filter({ hasNotText: 'revoked' });
  await issued.last().click();
  await expect(certifier.getByRole('heading', { level: 1 })).toBeVisible();
  const address = new URL(certifier.url()).pathname;
  await certifier.context().close();
  return address;
}
