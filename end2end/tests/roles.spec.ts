// Each role does its characteristic work; what they do together is the main job.
import { expect, test } from '@playwright/test';
import { as, both, sendCarefully } from './journey';

for (const { javaScriptEnabled, how } of both) {
  const once = javaScriptEnabled ? 'one' : 'two';
  test.describe(how, () => {
    test('legal counsel records a duty and looks through a probe', async ({ browser }) => {
      const page = await as(browser, 'counsel', javaScriptEnabled);
      await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
      await page.goto('/holds/duties/new');
      await page.getByLabel('What it is').fill(`Delivery notes ${once}, six years (commercial code)`);
      await page.getByLabel('Why the data may be kept').selectOption({ index: 1 });
      await page.getByLabel('Last day').fill('2032-12-31');
      await page.locator('[name="whose"][value="one"]').check();
      await page.locator('[name="tenant"]').selectOption('synthetic');
      await page.getByRole('button', { name: 'Record the duty' }).click();
      await expect(page.getByRole('status').first()).toBeVisible();
      await page.goto('/holds/duties');
      await expect(page.getByText(`Delivery notes ${once}`)).toBeVisible();

      await page.goto('/inventory/crm');
      await page.getByLabel('Tenant to look for').selectOption('synthetic');
      await page.getByRole('button', { name: 'Look now' }).click();
      await expect(page.getByRole('heading', { name: /What the probe saw of/ })).toBeVisible();
      await expect(page.locator('#looked')).toContainText('The place is there, and holds 4 records of this tenant.');
      await page.context().close();
    });

    test('a compliance officer refuses what is not covered', async ({ browser }) => {
      const counsel = await as(browser, 'counsel', javaScriptEnabled);
      await counsel.goto('/requests/new');
      await counsel.getByLabel('Tenant', { exact: true }).selectOption('aurora-ceramica');
      await counsel.getByLabel('One person').check();
      await counsel.getByLabel('How systems know this person').fill(`email=nobody-${once}@aurora-ceramica.example`);
      await counsel.getByRole('button', { name: 'Open the request' }).click();
      await expect(counsel.getByRole('status').first()).toContainText('The request is open');
      const request = new URL(counsel.url()).pathname;

      const page = await as(browser, 'officer', javaScriptEnabled);
      await expect(page.getByRole('link', { name: /plan/i }).first()).toBeVisible();
      await page.goto(`${request}/act`);
      const form = page.locator('form', { has: page.getByRole('button', { name: 'Refuse the request' }) });
      await sendCarefully(page, 'Refuse the request', () => form.getByLabel('Not covered').check());
      await page.goto(request);
      await expect(page.locator('main')).toContainText('It was refused: none of the grounds of Art. 17(1) applies.');
      for (const one of [counsel, page]) await one.context().close();
    });

    test('a tenant opens a request, takes it back, and checks a certificate', async ({ browser }) => {
      const page = await as(browser, 'requester', javaScriptEnabled);
      await page.goto('/requests/new');
      await expect(page.getByLabel('Tenant', { exact: true })).toHaveCount(0);
      await page.getByLabel('One person').check();
      await page.getByLabel('How systems know this person').fill(`email=person-${once}@aurora.example`);
      await page.getByRole('button', { name: 'Open the request' }).click();
      await expect(page.getByRole('status').first()).toContainText('The request is open');
      const request = new URL(page.url()).pathname;
      await expect(page.getByText('It waits for a compliance officer or legal counsel to confirm the identity')).toBeVisible();
      // The log is not a tenant's to read: nothing leads there.
      await expect(page.locator('.timeline a')).toHaveCount(0);
      await page.getByRole('link', { name: 'Object or withdraw' }).click();
      await sendCarefully(page, 'Withdraw the request');
      await page.goto(request);
      await expect(page.locator('main')).toContainText('It was taken back before anything was erased.');

      // The oldest: other journeys revoke what they certified themselves.
      await page.goto('/certificates?state=issued');
      await page.locator('main tbody th a').last().click();
      const href = await page.getByRole('link', { name: 'Download the PDF' }).getAttribute('href');
      const pdf = await page.request.get(href ?? '');
      expect((await pdf.body()).subarray(0, 5).toString()).toBe('%PDF-');
      const code = (await page.locator('main dd code').first().innerText()).trim();

      const anybody = await browser.newContext({ javaScriptEnabled });
      const stranger = await anybody.newPage();
      await stranger.goto('/verify');
      await stranger.getByRole('textbox', { name: 'Code or id' }).fill(code.toLowerCase().replaceAll('-', ' '));
      await stranger.getByRole('button', { name: 'Look it up' }).click();
      await expect(stranger.getByText('This certificate is in force')).toBeVisible();
      expect(await stranger.content()).not.toContain('Aurora');
      await anybody.close();
      await page.context().close();
    });

    test('an operator looks, pauses a system and lets it go on', async ({ browser }) => {
      const page = await as(browser, 'operator', javaScriptEnabled);
      await page.goto('/inventory');
      await page.getByRole('link', { name: 'Letters' }).first().click();
      await expect(page.getByRole('heading', { level: 1 })).toHaveText('Letters');
      await page.locator('summary', { hasText: 'Pause this system' }).click();
      const pausing = page.locator('details').filter({ hasText: 'Pause this system' });
      await pausing.getByLabel('Why?').fill('the disk is being replaced');
      await page.getByRole('button', { name: 'Pause this system' }).click();
      await expect(page.getByText('This system is paused')).toBeVisible();
      await expect(page.locator('main')).toContainText('the disk is being replaced');
      await page.getByRole('button', { name: 'Let it go on' }).click();
      await expect(page.getByText('This system is paused')).toHaveCount(0);
      await page.goto('/jobs');
      await expect(page.getByText('No job is parked')).toBeVisible();
      await page.context().close();
    });

    test('an auditor searches, exports and follows the proof, and can change nothing', async ({ browser }) => {
      const page = await as(browser, 'auditor', javaScriptEnabled);
      await page.goto('/search?q=borealis');
      await expect(page.locator('main')).toContainText('Borealis Bakeries Ltd');
      await page.goto('/log');
      const csv = await page.request.get('/log/export.csv');
      expect(csv.headers()['content-type']).toContain('text/csv');
      expect((await csv.text()).split('\n').length).toBeGreaterThan(20);
      await page.locator('main tbody th a').last().click();
      await expect(page.getByRole('heading', { name: 'Proof that the log holds it' })).toBeVisible();
      await expect(page.getByLabel('Inclusion proof')).toContainText('c2sp.org');
      await page.goto('/holds');
      await expect(page.getByRole('link', { name: 'Place a hold' })).toHaveCount(0);
      expect((await page.goto('/holds/new'))?.status()).toBe(404);
      await page.goto('/requests?state=planned');
      const request = (await page.locator('main tbody th a').first().getAttribute('href')) ?? '';
      await page.goto(`${request}/approve`);
      await expect(page.getByRole('button', { name: 'Approve the erasure' })).toHaveCount(0);
      await page.context().close();
    });

    test('an administrator invites somebody, changes what they may do, and ends it', async ({ browser }) => {
      const page = await as(browser, 'administrator', javaScriptEnabled);
      await page.goto('/people/invite');
      await page.getByLabel('Name', { exact: true }).fill(`Mara Lind ${once}`);
      await page.getByLabel('E-mail address').fill(`mara.${once}@meridian.example`);
      await page.getByLabel('Auditor').check();
      await sendCarefully(page, 'Send the invitation', async () => {});
      await page.goto('/people');
      await page.getByRole('link', { name: `Mara Lind ${once}` }).click();
      await expect(page.locator('main')).toContainText(`mara.${once}@meridian.example`);
      await sendCarefully(page, 'Set the roles', () => page.getByLabel('Operator').check());
      await expect(page.getByRole('status').first()).toBeVisible();
      await sendCarefully(page, 'Disable the account', async () => {
        const drawer = page.locator('details', { has: page.getByRole('button', { name: 'Disable the account', includeHidden: true }) });
        if ((await drawer.count()) && !(await drawer.first().getAttribute('open'))) await drawer.first().locator('summary').click();
        await drawer.getByLabel(/to confirm/).fill(`mara.${once}@meridian.example`);
      });
      await expect(page.getByRole('button', { name: 'Open the account again' })).toBeVisible();
      await page.goto(`/log?kind=person.`);
      await expect(page.locator('main')).toContainText(/disabled/i);
      await page.goto('/settings');
      await expect(page.getByLabel('Legal entity')).toHaveValue('Meridian Cloud Services DAC');
      await page.context().close();
    });
  });
}
