// The main job in the browser: a person's request from receipt to certificate, each act by who may do it; and a hold that
// stops a tenant's request until two people release it.
import { expect, test } from '@playwright/test';
import { as, certify, lookAtRecords, sendCarefully, waitForState } from './journey';

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

    await lookAtRecords(officer, path, 'crm.users');

    await certify(browser, javaScriptEnabled, path, 'aurora-ceramica');
    for (const page of [counsel, second, officer]) await page.context().close();
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
