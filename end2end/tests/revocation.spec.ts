// A certificate that was wrong: an officer asks for its revocation, a second person confirms, the request is gone through again,
// and the tenant sees both certificates, marked, with the explanation.
import { expect, test, type Page } from '@playwright/test';
import { approve, as, both, certify, sendCarefully, toVerified } from './journey';

const WHY = 'The archive of support tickets was missing from our inventory.';

for (const { javaScriptEnabled, how } of both) {
  const email = `person${javaScriptEnabled ? 21 : 22}@aurora.example`;
  test(`a certificate is revoked and corrected ${how}`, async ({ browser }) => {
    test.setTimeout(240_000);
    const path = await toVerified(browser, javaScriptEnabled, 'aurora', email);
    const wrong = await certify(browser, javaScriptEnabled, path, 'aurora');

    const officer = await as(browser, 'officer', javaScriptEnabled);
    await officer.goto(wrong);
    await officer.getByRole('link', { name: 'Revoke', exact: true }).click();
    await sendCarefully(officer, 'Ask for the revocation', async () => {
      await officer.getByLabel('Why is it revoked?').selectOption('system_missed');
      await officer.getByLabel('What the tenant is told').fill(WHY);
    });
    await expect(officer.getByRole('status').first()).toContainText('stays in force until a second person confirms it');
    await officer.goto(`${wrong}/revoke`);
    await expect(officer.getByText('You cannot be the second person')).toBeVisible();

    // The tenant learns nothing of what is only asked for.
    const tenant = await as(browser, 'requester', javaScriptEnabled);
    await tenant.goto(wrong);
    await expect(tenant.locator('main')).not.toContainText(WHY);

    const second = await as(browser, 'secondCounsel', javaScriptEnabled);
    await second.goto('/');
    const code = await codeOf(officer, wrong);
    await second.getByRole('link', { name: new RegExp(`Confirm that certificate ${code} is revoked`) }).click();
    await expect(second.locator('main')).toContainText(WHY);
    await sendCarefully(second, 'Revoke the certificate', () =>
      second.getByLabel(/to confirm that you mean this certificate/).fill(code),
    );
    await expect(second.getByRole('status').first()).toContainText('revoked, for good');

    await officer.goto(`${wrong}/revoke`);
    await officer.getByRole('button', { name: 'Begin the correction' }).click();
    await expect(officer.getByRole('status').first()).toContainText('The correction has begun');
    await approve(browser, javaScriptEnabled, path, 'aurora');
    const corrected = await certify(browser, javaScriptEnabled, path, 'aurora');
    expect(corrected).not.toBe(wrong);

    await tenant.goto(wrong);
    await expect(tenant.locator('main')).toContainText('This certificate is revoked');
    await expect(tenant.locator('main')).toContainText(WHY);
    await tenant.getByRole('link', { name: 'See the one in its place' }).click();
    expect(new URL(tenant.url()).pathname).toBe(corrected);
    await expect(tenant.getByRole('heading', { level: 1 })).toContainText('Corrected');
    await expect(tenant.getByRole('link', { name: 'The revoked certificate' })).toHaveAttribute('href', wrong);
    for (const certificate of [wrong, corrected]) {
      const file = await tenant.request.get(`${certificate}/certificate.pdf`);
      expect(file.status()).toBe(200);
      expect((await file.body()).subarray(0, 5).toString()).toBe('%PDF-');
    }
    await tenant.goto(`/verify/${code}`);
    await expect(tenant.locator('main')).toContainText(/revoked/i);

    // The evidence in one file: for the auditor and for the tenant, each from a button.
    const auditor = await as(browser, 'auditor', javaScriptEnabled);
    for (const reader of [auditor, tenant]) {
      await reader.goto(path);
      const href = await reader.getByRole('link', { name: 'Evidence in one file' }).getAttribute('href');
      const pack = await reader.request.get(href ?? '');
      expect(pack.headers()['content-disposition']).toBe('attachment; filename="evidence.zip"');
      expect((await pack.body()).subarray(0, 2).toString()).toBe('PK');
    }
    await auditor.context().close();

    const stranger = await as(browser, 'stranger', javaScriptEnabled);
    expect((await stranger.request.get(`${path}/evidence.zip`)).status()).toBe(404);
    for (const certificate of [wrong, corrected]) {
      expect((await stranger.request.get(certificate)).status()).toBe(404);
      expect((await stranger.request.get(`${certificate}/certificate.pdf`)).status()).toBe(404);
    }
    const list = await (await stranger.request.get('/.well-known/status-list.jws')).text();
    const rows = JSON.parse(Buffer.from(list.split('.')[1], 'base64url').toString()).certificates;
    const states = Object.fromEntries(rows.map((row: { id: string; state: string }) => [row.id, row.state]));
    expect([wrong, corrected].map((address) => states[address.split('/').pop() ?? ''])).toEqual(['revoked', 'issued']);
    for (const page of [officer, tenant, second, stranger]) await page.context().close();
  });
}

/** The printed code of a certificate. */
async function codeOf(page: Page, certificate: string): Promise<string> {
  await page.goto(certificate);
  return (await page.locator('main dd code').first().innerText()).trim();
}
