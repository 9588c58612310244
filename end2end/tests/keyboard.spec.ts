// The main job by keyboard alone: Tab, Enter, Space and typing; wherever the focus stands, it shows.
import { expect, test, type Browser, type Page } from '@playwright/test';
import { waitForState } from './journey';
import { password, people } from './support.mjs';

/** What has the focus: its name for people, its name in the form, and whether the focus shows. */
type Focus = { words: string; name: string; value: string; shows: boolean };

function focus(page: Page): Promise<Focus> {
  return page.evaluate(() => {
    const element = document.activeElement as HTMLElement;
    // Past the last stop the focus leaves the page.
    if (element === document.body) return { words: '', name: '', value: '', shows: false };
    const labels = (element as HTMLInputElement).labels;
    const label = labels && labels.length > 0 ? labels[0].innerText : '';
    const style = getComputedStyle(element);
    const outlined = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
    return {
      words: (element.getAttribute('aria-label') ?? (label || element.innerText || '')).trim(),
      name: element.getAttribute('name') ?? '',
      value: element.getAttribute('value') ?? '',
      shows: outlined || style.boxShadow !== 'none',
    };
  });
}

/** Tabs on until the focus stands on what is meant; it must show at every stop. */
async function tabTo(page: Page, what: string, meant: (focus: Focus) => boolean) {
  for (let presses = 0; presses < 150; presses += 1) {
    await page.keyboard.press('Tab');
    const here = await focus(page);
    if (here.words || here.name) expect(here.shows, `${page.url()}: the focus on ${here.words || here.name} shows`).toBe(true);
    if (meant(here)) return;
  }
  throw new Error(`${page.url()}: nobody gets to ${what} by keyboard`);
}

const toWords = (page: Page, words: string) => tabTo(page, words, (here) => here.words.startsWith(words));
const toField = (page: Page, name: string) => tabTo(page, name, (here) => here.name === name);

/** Goes to a button or link and presses Enter. */
async function press(page: Page, words: string) {
  await toWords(page, words);
  const loaded = page.waitForEvent('load');
  await page.keyboard.press('Enter');
  await loaded;
}

async function type(page: Page, name: string, text: string) {
  await toField(page, name);
  await page.keyboard.type(text);
}

/** Goes to a group of choices and moves down to one. */
async function choose(page: Page, name: string, value: string) {
  await toField(page, name);
  await page.keyboard.press('Space');
  for (let moves = 0; (await focus(page)).value !== value; moves += 1) {
    expect(moves, `${value} is a choice of ${name}`).toBeLessThan(10);
    await page.keyboard.press('ArrowDown');
  }
}

async function signedIn(browser: Browser, email: string): Promise<Page> {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto('/sign-in');
  await type(page, 'email', email);
  await type(page, 'password', password);
  await page.keyboard.press('Enter');
  await page.waitForURL((url) => !url.pathname.startsWith('/sign-in'));
  return page;
}

/** Types what confirms a dangerous act and sends it; gives the password once more where it is asked for. */
async function confirm(page: Page, button: string, typed: string) {
  await type(page, 'typed', typed);
  await press(page, button);
  if (page.url().includes('/step-up')) {
    await type(page, 'password', password);
    await press(page, 'Continue');
    await type(page, 'typed', typed);
    await press(page, button);
  }
}

test('the skip link leads past the rooms to the content', async ({ browser }) => {
  const page = await signedIn(browser, people.officer);
  await page.goto('/requests');
  await page.keyboard.press('Tab');
  expect(await focus(page)).toMatchObject({ words: 'Skip to the content', shows: true });
  await expect(page.locator('.skip-link')).toBeInViewport();
  await page.keyboard.press('Enter');
  await expect(page.locator('#main')).toBeFocused();
  await page.keyboard.press('Tab');
  expect(await page.evaluate(() => document.activeElement?.closest('main') !== null)).toBe(true);
  await page.context().close();
});

test('one person is erased and certified by keyboard alone', async ({ browser }) => {
  test.setTimeout(480_000);
  const counsel = await signedIn(browser, people.counsel);
  await press(counsel, 'Requests');
  await press(counsel, 'Open a request');
  await toField(counsel, 'tenant');
  await counsel.keyboard.type('Aurora C');
  await choose(counsel, 'about', 'person');
  await type(counsel, 'identifiers', 'email=person6@aurora-ceramica.example');
  await press(counsel, 'Open the request');
  await expect(counsel.getByRole('status').first()).toContainText('The request is open');
  const path = new URL(counsel.url()).pathname;

  const second = await signedIn(browser, people.secondCounsel);
  await second.goto(path);
  await press(second, 'Confirm the identity');
  await choose(second, 'method', 'document');
  await type(second, 'evidence', 'passport shown at the desk, record 19');
  await press(second, 'Confirm the identity');
  await waitForState(second, path, 'planned');

  const officer = await signedIn(browser, people.officer);
  await officer.goto(path);
  await press(officer, 'Look at the plan');
  await confirm(officer, 'Approve the erasure', 'aurora-ceramica');
  await expect(officer.getByRole('status').first()).toContainText('The run is approved');
  await waitForState(officer, path, 'verified');

  await press(officer, 'Look at single records');
  await press(officer, 'Show records of crm.users');
  if (officer.url().includes('/step-up')) {
    await type(officer, 'password', password);
    await press(officer, 'Continue');
  }
  if (!officer.url().includes('shown=')) await press(officer, 'Show records of crm.users');
  const ids = await officer.locator('.records > li legend code').allInnerTexts();
  expect(ids.length).toBeGreaterThan(1);
  for (const [place, id] of ids.entries()) {
    const field = await officer.locator('.records > li').nth(place).locator('input[type="radio"]').first().getAttribute('name');
    await choose(officer, field ?? '', id.startsWith('9') ? 'yes' : 'no');
  }
  await press(officer, 'Record what I saw');
  await expect(officer.getByRole('status').first()).toContainText('the decoy was found, and none of the erased');

  const certifier = await signedIn(browser, people.certifier);
  await certifier.goto(path);
  await press(certifier, 'Look at the findings');
  await confirm(certifier, 'Certify what was found', 'aurora-ceramica');
  await expect(certifier.getByRole('status').first()).toContainText('Certified');
  await expect(async () => {
    await certifier.goto(path);
    await expect(certifier.locator('[data-state="issued"]')).toBeVisible({ timeout: 500 });
  }).toPass({ timeout: 60_000 });
  await press(certifier, 'Certificate ');
  await expect(certifier.getByRole('heading', { level: 1 })).toBeVisible();
  for (const page of [counsel, second, officer, certifier]) await page.context().close();
});
