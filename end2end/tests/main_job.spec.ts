// The main job in the browser: a person's request from receipt to certificate, each act by who may do it; and a hold that
// stops a tenant's request until two people release it.
import { expect, test, type Browser, type Page } from '@playwright/test';
import { password, people, signIn } from './support.mjs';

type Who = keyof typeof people;

/** A page of somebody, signed in. */
async function as(browser: Browser, who: Who, javaScriptEnabled: boolean): Promise<Page> {
  const context = await browser.newContext({ javaScriptEnabled });
  const page = await context.newPage();
  await signIn(page, people[who]);
  return page;
}

/** Gives the password once more where it is asked for, and sends the form again. */
async function sendCarefully(page: Page, button: string, fill: () => Promise<void> = async () => {}) {
  await fill();
  await page.getByRole('button', { name: button }).click();
  if (page.url().includes('/step-up')) {
    await page.getByLabel('Password').fill(password);
    await page.getByRole('button', { name: 'Continue' }).click();
    await fill();
    await page.getByRole('button', { name: button }).click();
  }
}

/** Loads a request again until it is in a state. */
async function waitForState(page: Page, path: string, state: string) {
  await expect(async () => {
    await page.goto(path);
    await expect(page.locator('main .panel-head .tag[data-state]').first()).toHaveAttribute('data-state', state, {
      timeout: 500,
    });
  }).toPass({ timeout: 90_000 });
}

for (const javaScriptEnabled of [true, false]) {
  const number = javaScriptEnabled ? 3 : 4;
  test(`one person is erased and certified ${javaScriptEnabled ? 'with' : 'without'} JavaScript`, async ({ browser }) => {
    const counsel = await as(browser, 'counsel', javaScriptEnabled);
    await counsel.goto('/requests/new');
    await counsel.getByLabel('Tenant', { exact: true }).selectOption('aurora-ceramica');
    await counsel.getByLabel('One person').check();
    await counsel.getByLabel('How systems know this person').fill(`email=person${number}@aurora-ceramica.example`);
    await counsel.getByRole('button', { name: 'Open the request' }).click();
    await expect(counsel.getByRole('status').first()).toContainText('The request is open');
    const path = new URL(counsel.url()).pathname;

    // Whoever opened it cannot confirm the identity.
    await expect(counsel.getByText('It cannot be you: you opened the request')).toBeVisible();

    const second = await as(browser, 'secondCounsel', javaScriptEnabled);
    await second.goto(`${path}/identity`);
    await second.getByLabel('Document').check();
    await second.getByLabel('Evidence').fill('passport shown at the desk, record 17');
    await second.getByRole('button', { name: 'Confirm the identity' }).click();
    await waitForState(second, path, 'planned');

    const officer = await as(browser, 'officer', javaScriptEnabled);
    await officer.goto(`${path}/approve`);
    await sendCarefully(officer, 'Approve the erasure', () =>
      officer.getByLabel(/Type the key of the tenant/).fill('aurora-ceramica'),
    );
    await expect(officer.getByRole('status').first()).toContainText('The run is approved');
    await waitForState(officer, path, 'verified');

    // The records are shown once; one of them exists on purpose. Which one is known to nobody but the system, so the
    // officer looks: the canary of the synthetic tenant is the decoy of this demonstration.
    for (const dataset of ['crm.users']) {
      await officer.goto(`${path}/spot-check`);
      await sendCarefully(officer, `Show records of ${dataset}`);
      if (!officer.url().includes('shown=')) await sendCarefully(officer, `Show records of ${dataset}`);
      const records = officer.locator('.records > li');
      const count = await records.count();
      expect(count).toBeGreaterThan(1);
      for (let place = 0; place < count; place += 1) {
        const id = await records.nth(place).locator('legend code').innerText();
        const answer = id.startsWith('9') ? 'It is there' : 'It is not there';
        await records.nth(place).getByLabel(answer).check();
      }
      await officer.getByRole('button', { name: 'Record what I saw' }).click();
      await expect(officer.getByRole('status').first()).toContainText('the decoy was found, and none of the erased');
    }

    const certifier = await as(browser, 'certifier', javaScriptEnabled);
    await certifier.goto(`${path}/certify`);
    await sendCarefully(certifier, 'Certify what was found', () =>
      certifier.getByLabel(/Type the key of the tenant/).fill('aurora-ceramica'),
    );
    await expect(certifier.getByRole('status').first()).toContainText('Certified');
    await expect(async () => {
      await certifier.goto(path);
      await expect(certifier.locator('[data-state="issued"]')).toBeVisible({ timeout: 500 });
    }).toPass({ timeout: 60_000 });
    await certifier.getByRole('link', { name: /^Certificate / }).click();
    await expect(certifier.getByRole('heading', { level: 1 })).toBeVisible();
    for (const page of [counsel, second, officer, certifier]) await page.context().close();
  });
}

test('a hold keeps a tenant until two people release it, and the request goes on by itself', async ({ browser }) => {
  const counsel = await as(browser, 'counsel', true);
  await counsel.goto('/holds?state=in_force');
  await counsel.getByRole('row', { name: /recalled product/ }).getByRole('link').first().click();
  const hold = new URL(counsel.url()).pathname;
  await counsel.goto(`${hold}/release`);
  await sendCarefully(counsel, 'Propose the release', () =>
    counsel.getByLabel(/Why is the hold no longer needed/).fill('the inquiry is closed'),
  );

  const second = await as(browser, 'secondCounsel', true);
  await second.goto(`${hold}/release`);
  await sendCarefully(second, 'Release the hold', async () => {
    await second.getByLabel('Why do you agree?').fill('I agree: the inquiry is closed');
    const expected = await second.locator('input[name="expected"]').first().inputValue();
    await second.getByLabel(/to confirm that you mean this hold/).fill(expected);
  });
  const officer = await as(browser, 'officer', true);
  await officer.goto('/requests?text=borealis');
  const path = (await officer.locator('main tbody th a').first().getAttribute('href')) ?? '';
  await waitForState(officer, path, 'planned');
  for (const page of [counsel, second, officer]) await page.context().close();
});
