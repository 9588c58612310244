// What a page looks like when something is the matter with it: refused forms, empty lists, pages that are not there, answers
// about files. The pictures show these beside every page of visits.mjs.
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { foreign, withOtherPages } from './pdf.mjs';
import { password } from './support.mjs';
import { at, from, request } from './visits.mjs';

/** Sends the main form of a page as it is, past the browser's own checks, so that the server refuses it. */
const refused = (way, button) => async (page) => {
  await way(page);
  await page.locator('main form').evaluateAll((all) => all.forEach((form) => form.setAttribute('novalidate', '')));
  await page.getByRole('button', { name: button, exact: true }).first().click();
  await page.waitForLoadState();
};

/** Opens a part of a page that is shown when it is asked for. */
const opened = (way, summary) => async (page) => {
  await way(page);
  await page.getByText(summary, { exact: true }).click();
};

/** The list of all certificates with their states, which anybody may read. */
const inState = async (page, state) => {
  const list = await (await page.request.get('/.well-known/status-list.jws')).text();
  const rows = JSON.parse(Buffer.from(list.split('.')[1], 'base64url').toString()).certificates;
  const row = rows.find((one) => one.state === state);
  if (!row) throw new Error(`no certificate is ${state}`);
  return row.id;
};

/** The page of a certificate in a state. */
const certificateIn = (state) => async (page) => page.goto(`/certificates/${await inState(page, state)}`);

/** As it comes out of a printer. */
const printed = (way) => async (page) => {
  await way(page);
  await page.emulateMedia({ media: 'print' });
};

/** The page of the link in the newest mail that has one, after an officer sent a certificate to an address. */
const linked = async (page) => {
  await certificateIn('issued')(page);
  await page.getByText('Send the certificate again', { exact: true }).click();
  await page.getByLabel('To which address?').fill('somebody@aurora.example');
  await page.getByLabel('Why there?').fill('They asked for it by telephone');
  await page.getByRole('button', { name: 'Send it' }).click();
  if (page.url().includes('/step-up')) {
    await page.getByLabel('Password').fill(password);
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByRole('button', { name: 'Send it' }).click();
  }
  const folder = process.env.LETHE_MAILS ?? '';
  for (let tries = 0; tries < 40; tries += 1) {
    const mails = readdirSync(folder).map((name) => join(folder, name));
    const newest = mails.sort((one, other) => statSync(other).mtimeMs - statSync(one).mtimeMs).slice(0, 4);
    const texts = newest.map((name) => readFileSync(name, 'utf8').replace(/=\r?\n/g, '').replace(/=3D/g, '='));
    const found = texts.map((text) => text.match(/\/download\/[\w-]+/)).find(Boolean);
    if (found) {
      await page.goto(found[0]);
      return;
    }
    await page.waitForTimeout(250);
  }
  throw new Error(`no mail in ${folder} has a link to a certificate`);
};

/** What a certificate in a state is delivered as, read as an officer. */
const certificate = async (officer, state) => {
  const id = await inState(officer, state);
  return (await officer.request.get(`/certificates/${id}/certificate.pdf`)).body();
};

/** Gives a file to the page that checks them, which anybody may read. */
const checked = (file) => async (page) => {
  const buffer = await file(page);
  await page.goto('/verify');
  await page.locator('.drop[data-check=ready]').waitFor();
  await page.locator('input[type=file]').setInputFiles([{ name: 'certificate.pdf', mimeType: 'application/pdf', buffer }]);
  await page.locator('#answer [data-answer]').waitFor();
};

/** Asks until the server has had enough. */
const tooOften = async (page) => {
  for (let n = 0; n < 200; n += 1) {
    const answer = await page.request.get('/verify/0000-0000-0000');
    if (answer.status() === 429) break;
  }
  await page.goto('/verify/0000-0000-0000').catch(() => {});
};

/** Its name, who looks, and how they get there. */
export const sights = [
  ['error-404', 'officer', at('/no-such-page')],
  ['error-404-public', 'nobody', at('/no-such-page')],
  ['error-403', 'auditor', from('/certificates', '/certificates', '/revoke')],
  ['error-500', 'officer', at('/styleguide?error=fault')],
  ['error-503', 'nobody', at('/styleguide?error=unavailable')],
  ['signed-out', 'nobody', at('/requests')],
  ['verify-unknown', 'nobody', at('/verify/0000-0000-0000')],
  ['verify-genuine', 'officer', checked((page) => certificate(page, 'issued'))],
  ['verify-suspended', 'officer', checked((page) => certificate(page, 'suspended'))],
  ['verify-other-pages', 'officer', checked(async (page) => withOtherPages(await certificate(page, 'issued'), 'Made out to somebody else'))],
  ['verify-foreign', 'officer', checked(async () => foreign('An invoice'))],
  ['verify-no-pdf', 'officer', checked(async () => Buffer.from('not a PDF at all'))],
  ['verify-revoked', 'nobody', async (page) => page.goto(`/verify/${await inState(page, 'revoked')}`)],
  ['certificate-revoked', 'officer', certificateIn('revoked')],
  ['certificate-suspended', 'officer', certificateIn('suspended')],
  ['certificate-partial', 'requester', from('/certificates', '/certificates')],
  ['certificate-resend', 'officer', opened(certificateIn('issued'), 'Send the certificate again')],
  ['certificate-correct', 'officer', async (page) => page.goto(`/certificates/${await inState(page, 'revoked')}/revoke`)],
  ['download-live', 'officer', linked],
  ['print-certificate', 'auditor', printed(certificateIn('issued'))],
  ['print-log', 'auditor', printed(at('/log'))],
  ['print-request', 'auditor', printed(request('certified'))],
  ['no-key-chosen', 'administrator', at('/settings/keys/compromised')],
  ['empty-requests', 'officer', at('/requests?state=refused')],
  ['empty-certificates', 'stranger', at('/certificates')],
  ['empty-requests-of-a-tenant', 'stranger', at('/requests')],
  ['empty-log', 'auditor', at('/log?action=no_such_action')],
  ['empty-search', 'officer', at('/search?q=nothing+is+called+this')],
  ['empty-holds', 'counsel', at('/holds?state=released')],
  ['duty-to-end', 'counsel', opened(from('/holds/duties', '/holds/duties'), 'End this duty before its last day')],
  ['finding-wrong', 'officer', opened(from('/incidents', '/incidents'), 'The finding is wrong')],
  ['request-on-hold', 'officer', request('on_hold')],
  ['request-verified', 'officer', request('verified')],
  ['request-planned', 'officer', request('planned')],
  ['request-received', 'counsel', request('received')],
  ['request-on-hold-of-a-tenant', 'stranger', from('/requests', '/requests')],
  ['error-sign-in', 'nobody', refused(at('/sign-in'), 'Sign in')],
  ['error-request', 'counsel', refused(at('/requests/new'), 'Open the request')],
  ['error-hold', 'counsel', refused(at('/holds/new'), 'See what it would stop')],
  ['error-duty', 'counsel', refused(at('/holds/duties/new'), 'Record the duty')],
  ['error-connect', 'operator', refused(at('/inventory/connect'), 'Go on')],
  ['error-tenant', 'counsel', refused(at('/tenants/new'), 'Register the tenant')],
  ['error-invite', 'administrator', refused(at('/people/invite'), 'Send the invitation')],
  // Last: afterwards this address has to wait.
  ['error-429', 'nobody', tooOften],
];
