// Drives Debian's Chromium; `cargo xtask test` starts the server and sets LETHE_URL and LETHE_PKG.
import { defineConfig } from '@playwright/test';

const baseURL = process.env.LETHE_URL;
if (!baseURL) throw new Error('LETHE_URL is not set; run these tests by `cargo xtask test`');

export default defineConfig({
  testDir: 'tests',
  fullyParallel: true,
  workers: 2,
  forbidOnly: true,
  reporter: 'list',
  use: {
    baseURL,
    launchOptions: {
      executablePath: '/usr/bin/chromium',
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        '--no-first-run',
      ],
    },
  },
});
