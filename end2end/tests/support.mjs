// The sample people of the demonstration, and how they sign in.
export const people = {
  counsel: 'nora.quinn@meridian.example',
  secondCounsel: 'tomas.ferreira@meridian.example',
  officer: 'aoife.brennan@meridian.example',
  certifier: 'ravi.menon@meridian.example',
  operator: 'lena.vogt@meridian.example',
  auditor: 'iris.okafor@meridian.example',
  administrator: 'paul.adler@meridian.example',
  requester: 'katrin.moen@aurora.example',
  confirmer: 'jonas.eide@aurora.example',
  stranger: 'bea.baker@borealis.example',
};

/** The password of all of them. */
export const password = process.env.LETHE_PASSWORD ?? 'lethe demo password';

/** How Debian's Chromium is started. */
export const browser = {
  executablePath: '/usr/bin/chromium',
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--no-first-run',
  ],
};

/** Signs in by the form, and waits for the page that follows. */
export async function signIn(page, email) {
  await page.goto('/sign-in');
  await page.getByLabel('E-mail address').fill(email);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.waitForURL((url) => !url.pathname.startsWith('/sign-in'));
}
