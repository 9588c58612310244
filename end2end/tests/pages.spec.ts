// Every page of the table in app/src/routes.rs, as every role that sees something of its own there, light and dark: nothing
// keeps anybody out. A page of the table without a visit fails, and a visit is also a picture (screenshots.mjs).
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, type Page } from '@playwright/test';
import { expectAccessible } from './axe';
import { as, type Who } from './journey';
import { visits as ways } from './visits.mjs';

type Visitor = Who | 'nobody';
const visits = ways as unknown as Record<string, [Visitor[], (page: Page) => Promise<unknown>]>;

/** The paths of the table. */
function table(): string[] {
  const source = readFileSync(join(__dirname, '../../app/src/routes.rs'), 'utf8');
  const rows = [...source.matchAll(/^ {4}"(\/[^"]*)" (?:Public|SignedIn|Development|Only\()/gm)];
  return rows.map((row) => row[1]);
}

test('every page of the table is visited', () => {
  expect(table().length).toBeGreaterThan(50);
  expect(Object.keys(visits).sort()).toEqual(table().sort());
});

const visitors = [...new Set(Object.values(visits).flatMap(([who]) => who))];
for (const visitor of visitors) {
  test(`no page keeps ${visitor} out, light or dark`, async ({ browser }) => {
    test.setTimeout(480_000);
    const page = visitor === 'nobody' ? await (await browser.newContext()).newPage() : await as(browser, visitor, true);
    for (const [path, [who, go]] of Object.entries(visits)) {
      if (!who.includes(visitor)) continue;
      await test.step(path, async () => {
        // Without motion: a colour that fades over would be judged half way.
        await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
        await go(page);
        // The page of the table was drawn, and not the sign-in or the one that says that nothing is there.
        await expect(page.locator('main')).toHaveAttribute('data-page', path);
        await expect(page.getByRole('heading', { level: 1 })).toHaveCount(1);
        await expectAccessible(page);
        await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' });
        await expectAccessible(page);
      });
    }
    await page.context().close();
  });
}
