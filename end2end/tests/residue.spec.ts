// A hold stops a tenant's request; two people release it and the request goes on by itself; one system lies, the check finds
// what it left, that is erased again, and the second check finds nothing.
import { expect, test } from '@playwright/test';
import { as, both, sendCarefully, waitForState } from './journey';

for (const { javaScriptEnabled, how } of both) {
  const tenant = javaScriptEnabled ? 'cobalt' : 'dovetail';
  test(`a hold ends and residue is found and erased ${how}`, async ({ browser }) => {
    test.setTimeout(480_000);
    const counsel = await as(browser, 'counsel', javaScriptEnabled);
    await counsel.goto('/holds/new');
    await counsel.getByLabel('One tenant', { exact: true }).check();
    await counsel.locator('[name="tenant"]').selectOption(tenant);
    await counsel.getByLabel('Matter', { exact: true }).fill(`Claim against ${tenant}`);
    await counsel.getByLabel('Court, regulator or body').fill('High Court, record 2026/118');
    await counsel.getByLabel('What gives the hold its force').selectOption({ index: 1 });
    await counsel.getByLabel('Why the data may be kept').selectOption({ index: 1 });
    await counsel.getByLabel('Who answers for it').fill('Legal department');
    await counsel.getByLabel('The matter runs from').fill('2026-01-01');
    await counsel.getByLabel('To be looked at again on').fill('2031-01-01');
    await counsel.getByLabel('The ground only').check();
    await counsel.getByRole('button', { name: 'See what it would stop' }).click();
    await expect(counsel.getByRole('heading', { level: 1 })).toHaveText('What this hold would stop');
    await counsel.getByRole('button', { name: 'Place the hold' }).click();
    await expect(counsel.getByRole('heading', { level: 1 })).toContainText(`Claim against ${tenant}`);
    const hold = new URL(counsel.url()).pathname;

    await counsel.goto('/requests/new');
    await counsel.getByLabel('Tenant', { exact: true }).selectOption(tenant);
    await counsel.getByLabel('The whole tenant').check();
    await counsel.getByLabel('Contract').fill('C-2026-07');
    await counsel.getByLabel('Ended on').fill('2026-06-30');
    await counsel.getByRole('button', { name: 'Open the request' }).click();
    await expect(counsel.getByRole('status').first()).toContainText('The request is open');
    const request = new URL(counsel.url()).pathname;

    const second = await as(browser, 'secondCounsel', javaScriptEnabled);
    await second.goto(`${request}/identity`);
    await second.getByLabel(/call/i).first().check();
    await second.getByLabel('Evidence').fill('call to the contact on file, record 31');
    await second.getByRole('button', { name: 'Confirm the identity' }).click();
    await waitForState(second, request, 'on_hold');

    await counsel.goto(`${hold}/release`);
    await sendCarefully(counsel, 'Propose the release', () =>
      counsel.getByLabel(/Why is the hold no longer needed/).fill('the claim was settled'),
    );
    await counsel.goto(`${hold}/release`);
    await expect(counsel.getByText('You cannot be the second person')).toBeVisible();
    await second.goto(`${hold}/release`);
    await sendCarefully(second, 'Release the hold', async () => {
      await second.getByLabel('Why do you agree?').fill('the settlement is signed');
      const expected = await second.locator('input[name="expected"]').first().inputValue();
      await second.getByLabel(/to confirm that you mean this hold/).fill(expected);
    });
    await waitForState(second, request, 'planned');

    const officer = await as(browser, 'officer', javaScriptEnabled);
    await officer.goto(`${request}/approve`);
    await sendCarefully(officer, 'Approve the erasure', () =>
      officer.getByLabel(/Type the key of the tenant/).fill(tenant),
    );
    await expect(officer.getByRole('status').first()).toContainText('The run is approved');
    // One system is a partner's: nothing is verified before counsel recorded what the partner attests.
    await waitForState(counsel, request, 'verifying');
    await expect(counsel.locator('main')).toContainText('what a party attests of Parcel returns, returns');
    await counsel.getByRole('link', { name: 'Record an attestation' }).click();
    await counsel.getByLabel('Who attests the erasure').fill('Nordpak Returns A/S');
    await counsel.getByLabel('Date of the document').fill('2026-06-30');
    const document = { name: 'letter.txt', mimeType: 'text/plain', buffer: Buffer.from('We erased what was returned.') };
    await counsel.getByLabel('Document', { exact: true }).setInputFiles(document);
    await counsel.getByRole('button', { name: 'Record the attestation' }).click();
    await expect(counsel.getByRole('status').first()).toContainText('The attestation is recorded');
    await waitForState(officer, request, 'verified');

    const told = await officer.locator('.timeline-title').allTextContents();
    const steps = [
      'Stopped by a hold or duty',
      'Resumed after the last hold',
      'Erasure began',
      'The check found records that remain',
      'What remained is erased again',
      'Every dataset has its verdict',
    ];
    const places = steps.map((step) => told.indexOf(step));
    expect(places.every((place) => place >= 0), `${steps} in ${told}`).toBe(true);
    expect(places).toEqual([...places].sort((one, other) => one - other));
    expect(told.filter((title) => title === 'The check found records that remain')).toHaveLength(1);

    const row = officer.locator('.system-rows', { hasText: 'Full-text search' }).locator('tr', { hasText: 'documents' });
    await expect(row.locator('.tag').last()).toHaveAttribute('data-state', 'absent');
    await row.locator('summary').click();
    await expect(row).toContainText('Erasure, round 2');
    await expect(row).toContainText('0 found');
    for (const page of [counsel, second, officer]) await page.context().close();
  });
}
