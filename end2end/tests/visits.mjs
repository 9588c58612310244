// The way to every page: by its address, by a list that leads there, or through the forms before it.

/** By its address. */
export const at = (address) => async (page) => page.goto(address);

/** By the first link of a list that leads to a noun, and further from there. */
export const from = (list, noun, further = '') => async (page) => {
  await page.goto(list);
  const links = await page.locator('main a[href]').evaluateAll((all) => all.map((link) => link.getAttribute('href') ?? ''));
  const found = links.map((href) => href.split('?')[0]).find((href) => href.startsWith(`${noun}/`) && /[0-9a-f]{8}-/.test(href));
  if (!found) throw new Error(`${list} leads to nothing of ${noun}`);
  await page.goto(`${found}${further}`);
};

export const request = (state, further = '') => from(`/requests?state=${state}`, '/requests', further);

/** By the printed code of the newest certificate. */
const byCode = async (page) => {
  await from('/certificates', '/certificates')(page);
  const code = (await page.locator('main dd code').first().innerText()).trim();
  await page.goto(`/verify/${code}`);
};

/** By the page of keys, as somebody who marks one of them. */
const marking = async (page) => {
  await page.goto('/settings/keys');
  await page.getByRole('link', { name: 'Mark as compromised' }).first().click();
};

/** By the form of a hold that is not placed. */
const previewed = async (page) => {
  await page.goto('/holds/new');
  await page.getByLabel('One tenant', { exact: true }).check();
  await page.locator('[name="tenant"]').selectOption('synthetic');
  await page.getByLabel('Matter', { exact: true }).fill('A matter that is only looked at');
  await page.getByLabel('Court, regulator or body').fill('High Court');
  await page.getByLabel('What gives the hold its force').selectOption({ index: 1 });
  await page.getByLabel('Why the data may be kept').selectOption({ index: 1 });
  await page.getByLabel('Who answers for it').fill('Legal department');
  await page.getByLabel('The matter runs from').fill('2026-01-01');
  await page.getByLabel('To be looked at again on').fill('2031-01-01');
  await page.getByLabel('The ground only').check();
  await page.getByRole('button', { name: 'See what it would stop' }).click();
};

/** By the first step of connecting a system, and on to a later one. */
const connecting = (step) => async (page) => {
  await page.goto('/inventory/connect');
  await page.getByLabel('Short name').fill('returns');
  await page.getByLabel('What people call it').fill('Returns');
  await page.locator('[name="kind"][value="attestation"]').check();
  await page.getByLabel('Who answers for it').fill('Logistics');
  await page.getByLabel('Where the data is').fill('Denmark');
  await page.getByLabel('Who runs it, where it is not you').fill('Returns A/S');
  await page.getByRole('button', { name: 'Go on' }).click();
  const draft = new URL(page.url()).searchParams.get('draft');
  await page.goto(`/inventory/connect/${step}?draft=${draft}`);
};

const staff = ['counsel', 'officer', 'operator', 'auditor', 'administrator'];

/** Who visits which page of the table in app/src/routes.rs, and how: the tests and the pictures go the same ways. */
export const visits = {
  '/': [['nobody', ...staff, 'requester', 'stranger'], at('/')],
  '/sign-in': [['nobody'], at('/sign-in')],
  '/sign-in/code': [['nobody'], at('/sign-in/code')],
  '/reset': [['nobody'], at('/reset')],
  '/invitation': [['nobody'], at('/invitation?token=spent')],
  '/step-up': [['officer'], at('/step-up?next=/')],
  '/api': [['nobody', 'operator'], at('/api')],
  '/requests': [[...staff, 'requester'], at('/requests')],
  '/requests/new': [['counsel', 'requester'], at('/requests/new')],
  '/requests/{id}': [['counsel', 'officer', 'auditor', 'requester'], from('/requests?state=certified', '/requests')],
  '/requests/{id}/identity': [['secondCounsel'], request('received', '/identity')],
  '/requests/{id}/nonce': [['officer'], request('planned', '/nonce')],
  '/requests/{id}/approve': [['officer', 'auditor'], request('planned', '/approve')],
  '/requests/{id}/attest': [['counsel'], request('planned', '/attest')],
  '/requests/{id}/spot-check': [['officer'], request('verified', '/spot-check')],
  '/requests/{id}/certify': [['certifier'], request('verified', '/certify')],
  '/requests/{id}/act': [['officer', 'operator'], request('planned', '/act')],
  '/search': [[...staff, 'requester'], at('/search?q=aurora')],
  '/verify': [['nobody'], at('/verify?code=0000-0000-0000')],
  '/verify/{reference}': [['officer'], byCode],
  '/certificates': [['officer', 'requester'], at('/certificates')],
  '/certificates/{id}': [['officer', 'requester'], from('/certificates', '/certificates')],
  '/certificates/{id}/revoke': [['officer', 'counsel'], from('/certificates', '/certificates', '/revoke')],
  '/certificates/{id}/addendum': [['officer', 'auditor'], from('/certificates', '/certificates', '/addendum')],
  '/download/{token}': [['nobody'], at('/download/spent')],
  '/drills': [['operator', 'officer', 'auditor'], at('/drills')],
  '/incidents': [['officer', 'auditor'], at('/incidents')],
  '/incidents/{id}': [['officer', 'counsel', 'auditor'], from('/incidents', '/incidents')],
  '/restores': [['operator', 'auditor'], at('/restores')],
  '/restores/{id}': [['operator', 'officer'], from('/restores', '/restores')],
  '/log': [['counsel', 'auditor', 'administrator'], at('/log')],
  '/log/{entry}': [['auditor'], from('/log', '/log')],
  '/jobs': [['operator'], at('/jobs')],
  '/tenants': [['counsel', 'auditor'], at('/tenants')],
  '/tenants/new': [['counsel'], at('/tenants/new')],
  '/tenants/{id}': [['counsel', 'auditor'], from('/tenants', '/tenants')],
  '/privacy': [['auditor', 'administrator'], at('/privacy')],
  '/settings/keys': [['administrator', 'officer'], at('/settings/keys')],
  '/settings/keys/rotate/{kind}': [['administrator'], at('/settings/keys/rotate/document')],
  '/settings/keys/compromised': [['administrator'], marking],
  '/settings': [['administrator', 'officer'], at('/settings')],
  '/styleguide': [['nobody'], at('/styleguide')],
  '/holds': [['counsel', 'operator'], at('/holds')],
  '/holds/new': [['counsel'], at('/holds/new')],
  '/holds/new/preview': [['counsel'], previewed],
  '/holds/confirm': [['counsel'], at('/holds/confirm')],
  '/holds/duties': [['counsel', 'auditor'], at('/holds/duties')],
  '/holds/duties/new': [['counsel'], at('/holds/duties/new')],
  '/holds/duties/{id}': [['counsel'], from('/holds/duties', '/holds/duties')],
  '/holds/{id}': [['counsel', 'auditor'], from('/holds', '/holds')],
  '/holds/{id}/release': [['counsel'], from('/holds?state=in_force', '/holds', '/release')],
  '/inventory': [['counsel', 'operator', 'auditor'], at('/inventory')],
  '/inventory/connect': [['operator'], at('/inventory/connect')],
  '/inventory/connect/paste': [['operator'], at('/inventory/connect/paste')],
  '/inventory/connect/reach': [['operator'], connecting('reach')],
  '/inventory/connect/datasets': [['operator'], connecting('datasets')],
  '/inventory/connect/check': [['operator'], connecting('check')],
  '/inventory/versions': [['operator'], at('/inventory/versions')],
  '/inventory/versions/{number}': [['operator'], at('/inventory/versions/2')],
  '/inventory/{name}': [['operator', 'auditor'], at('/inventory/crm')],
  '/inventory/{name}/retire': [['operator'], at('/inventory/crm/retire')],
  '/people': [['administrator'], at('/people')],
  '/people/invite': [['administrator'], at('/people/invite')],
  '/people/{id}': [['administrator'], from('/people', '/people')],
  '/account': [['officer', 'requester'], at('/account')],
  '/account/second-factor': [['officer'], at('/account/second-factor')],
  '/account/recovery-codes': [['officer'], at('/account/recovery-codes')],
  '/account/tokens/new': [['officer'], at('/account/tokens/new')],
  '/account/token': [['officer'], at('/account/token')],
};
