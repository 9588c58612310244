// Anybody gives a file to the page and reads whether it is genuine: in the browser, without a network once the page is there,
// and without JavaScript by the form. The answers are the same.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, type Browser, type Page } from '@playwright/test';
import { expectAccessible } from './axe';
import { as, both } from './journey';
import { foreign, withOtherPages } from './pdf.mjs';

type Given = { name: string; mimeType: string; buffer: Buffer };
type Case = { what: string; files: Given[]; answer: string; says: RegExp; stated: boolean; shows?: RegExp };

const given = (name: string, buffer: Buffer): Given => ({
  name,
  mimeType: name.endsWith('.pdf') ? 'application/pdf' : 'application/octet-stream',
  buffer,
});

/** What a certificate in a state is delivered as. */
async function files(officer: Page, id: string) {
  const file = async (name: string) => {
    const response = await officer.request.get(`/certificates/${id}/${name}`);
    expect(response.status(), name).toBe(200);
    return response.body();
  };
  return { pdf: await file('certificate.pdf'), statement: await file('statement.json'), jws: await file('statement.jws') };
}

/** One case for every answer. */
async function cases(browser: Browser): Promise<Case[]> {
  const officer = await as(browser, 'officer', true);
  // The oldest that stands is the story's, which nobody changes; the revoked one is that of revocation.spec.ts, which runs before
  // this file or beside it. The list follows a revocation within seconds.
  const of = async (state: string) => {
    let found = '';
    await expect(async () => {
      const list = await (await officer.request.get('/.well-known/status-list.jws')).text();
      const rows: { id: string; state: string }[] = JSON.parse(Buffer.from(list.split('.')[1], 'base64url').toString()).certificates;
      found = rows.find((row) => row.state === state)?.id ?? '';
      expect(found, `a certificate that is ${state}, in the status list`).not.toBe('');
    }).toPass({ timeout: 180_000 });
    return files(officer, found);
  };
  const [stands, revoked] = [await of('issued'), await of('revoked')];
  await officer.context().close();
  const altered = Buffer.from(stands.jws);
  altered[200] = altered[200] === 65 ? 66 : 65;
  return [
    {
      what: 'a genuine PDF',
      files: [given('certificate.pdf', stands.pdf)],
      answer: 'in_force',
      says: /Genuine and in force/,
      stated: true,
      shows: /entry \d+ of .+, proved at size \d+/,
    },
    {
      what: 'a revoked PDF',
      files: [given('certificate.pdf', revoked.pdf)],
      answer: 'ended',
      says: /Genuine, but revoked on \d/,
      stated: true,
    },
    {
      what: 'other pages around a genuine statement',
      files: [given('certificate.pdf', withOtherPages(stands.pdf, 'Made out to somebody else'))],
      answer: 'pages_not_confirmed',
      says: /The statement inside is genuine; these pages are NOT confirmed/,
      stated: true,
    },
    {
      what: 'a foreign PDF',
      files: [given('invoice.pdf', foreign('An invoice'))],
      answer: 'not_ours',
      says: /Not a certificate of this issuer/,
      stated: false,
    },
    {
      what: 'a statement alone',
      files: [given('statement.json', stands.statement)],
      answer: 'in_force',
      says: /Genuine and in force/,
      stated: true,
    },
    {
      what: 'a signed statement',
      files: [given('statement.jws', stands.jws)],
      answer: 'in_force',
      says: /Genuine and in force/,
      stated: true,
    },
    {
      what: 'a signed statement that was altered',
      files: [given('statement.jws', altered)],
      answer: 'altered',
      says: /Altered/,
      stated: false,
    },
    {
      what: 'two files that do not belong together',
      files: [given('statement.json', revoked.statement), given('statement.jws', stands.jws)],
      answer: 'altered',
      says: /is not the statement that was signed/,
      stated: false,
    },
    {
      what: 'a file of another kind',
      files: [given('notes.pdf', Buffer.from('not a PDF at all'))],
      answer: 'refused',
      says: /This file is of another kind/,
      stated: false,
    },
  ];
}

/** Reads the answer of a case, the same wherever it was found. */
async function expectAnswer(page: Page, { what, answer, says, stated, shows }: Case) {
  const told = page.locator('#answer [data-answer]');
  await expect(told, what).toHaveAttribute('data-answer', answer);
  await expect(told, what).toContainText(says);
  await expect(told.getByRole('heading', { name: 'What the statement says' }), what).toHaveCount(stated ? 1 : 0);
  if (shows) await expect(told, what).toContainText(shows);
}

/** Drops files on the page as a person does. */
async function drop(page: Page, dropped: Given[]) {
  const sent = dropped.map(({ name, mimeType, buffer }) => ({ name, mimeType, base64: buffer.toString('base64') }));
  const transfer = await page.evaluateHandle((all) => {
    const held = new DataTransfer();
    for (const { name, mimeType, base64 } of all) {
      const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
      held.items.add(new File([bytes], name, { type: mimeType }));
    }
    return held;
  }, sent);
  await page.locator('.drop').dispatchEvent('drop', { dataTransfer: transfer });
}

/** Makes sure that the next answer is a new one. */
const forget = (page: Page) => page.locator('#answer').evaluate((place) => place.replaceChildren());

async function opened(browser: Browser, javaScriptEnabled: boolean): Promise<Page> {
  const context = await browser.newContext({ javaScriptEnabled });
  const page = await context.newPage();
  await page.goto('/verify');
  if (javaScriptEnabled) await expect(page.locator('.drop')).toHaveAttribute('data-check', 'ready');
  return page;
}

test('files are checked in the browser, and nothing but a digest is sent', async ({ browser }) => {
  const page = await opened(browser, true);
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  const asked: string[] = [];
  page.on('request', (request) => asked.push(`${request.method()} ${new URL(request.url()).pathname}`));
  await expect(page.locator('.drop')).toContainText('the file is not sent anywhere');
  for (const one of await cases(browser)) {
    await forget(page);
    await drop(page, one.files);
    await expectAnswer(page, one);
    await forget(page);
    await page.getByLabel('The certificate, or drop it here').setInputFiles(one.files);
    await expectAnswer(page, one);
  }
  for (const request of asked) expect(request).toMatch(/^GET \/verify\/digest\/[0-9a-f]{64}$/);
  expect(asked.length).toBeGreaterThan(0);
  expect(complaints).toEqual([]);
  await page.context().close();
});

test('files are checked without a network, once the page is there', async ({ browser }) => {
  const all = await cases(browser);
  const page = await opened(browser, true);
  await page.context().setOffline(true);
  for (const one of all) {
    await forget(page);
    await drop(page, one.files);
    await expectAnswer(page, one);
  }
  await drop(page, all[0].files);
  await expect(page.locator('#answer')).toContainText("The issuer's register could not be asked: there is no network");
  await expect(page.locator('#answer')).toContainText('By the status list of');
  await page.context().close();
});

test('the same answers without JavaScript', async ({ browser }) => {
  const all = await cases(browser);
  const page = await opened(browser, false);
  await expect(page.locator('.drop')).toContainText('at most 8 MB, checked, and not kept');
  for (const one of all) {
    await page.getByLabel('The certificate, or drop it here').setInputFiles(one.files);
    await page.getByRole('button', { name: 'Check the file' }).click();
    await expectAnswer(page, one);
  }
  await page.context().close();
});

for (const { javaScriptEnabled, how } of both) {
  test(`no answer keeps anybody out, light or dark, ${how}`, async ({ browser }) => {
    // Axe runs in the page; an answer of the server is therefore looked at in a browser in which the form was left to it.
    const all = await cases(browser);
    const context = await browser.newContext();
    const page = await context.newPage();
    if (!javaScriptEnabled) await page.route('**/pkg/check*', (route) => route.abort());
    await page.goto('/verify');
    if (javaScriptEnabled) await expect(page.locator('.drop')).toHaveAttribute('data-check', 'ready');
    for (const one of all.filter((one, place) => all.findIndex(({ answer }) => answer === one.answer) === place)) {
      await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
      if (javaScriptEnabled) {
        await forget(page);
        await drop(page, one.files);
      } else {
        await page.getByLabel('The certificate, or drop it here').setInputFiles(one.files);
        await page.getByRole('button', { name: 'Check the file' }).click();
      }
      await expectAnswer(page, one);
      await expectAccessible(page);
      await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' });
      await expectAccessible(page);
    }
    await context.close();
  });
}

test('a file that is too large is refused in words', async ({ browser }) => {
  const page = await opened(browser, true);
  await page.evaluate(() => {
    const held = new DataTransfer();
    held.items.add(new File([new Uint8Array(65 * 1024 * 1024)], 'large.pdf'));
    document.querySelector('.drop')?.dispatchEvent(new DragEvent('drop', { dataTransfer: held, bubbles: true, cancelable: true }));
  });
  await expect(page.locator('#answer')).toContainText('larger than 64 MB');
  await page.context().close();
  const plain = await opened(browser, false);
  const large = given('large.pdf', Buffer.concat([Buffer.from('%PDF-1.7\n'), Buffer.alloc(9 * 1024 * 1024, 97)]));
  await plain.getByLabel('The certificate, or drop it here').setInputFiles([large]);
  await plain.getByRole('button', { name: 'Check the file' }).click();
  await expect(plain.locator('#answer')).toContainText('larger than 8 MB');
  await plain.context().close();
});

test('the module is loaded by this page alone, and its size is known', async ({ browser }) => {
  const page = await (await browser.newContext()).newPage();
  const loaded: string[] = [];
  page.on('request', (request) => loaded.push(new URL(request.url()).pathname));
  await page.goto('/', { waitUntil: 'networkidle' });
  expect(loaded.filter((path) => path.includes('/pkg/check'))).toEqual([]);
  await page.goto('/verify', { waitUntil: 'networkidle' });
  expect(loaded.filter((path) => path.includes('/pkg/check')).length).toBe(2);
  await page.context().close();
  const pkg = process.env.LETHE_PKG ?? '';
  const bytes = ['check.js.br', 'check_bg.wasm.br'].map((name) => readFileSync(join(pkg, name)).length);
  expect(bytes.reduce((sum, size) => sum + size)).toBeLessThan(400_000);
});
