// Drives Debian's Chromium; `cargo xtask test` starts the demonstration and sets LETHE_URL, LETHE_PASSWORD and LETHE_PKG.
import { defineConfig } from '@playwright/test';
import { browser } from './tests/support.mjs';

const baseURL = process.env.LETHE_URL;
if (!baseURL) throw new Error('LETHE_URL is not set; run these tests by `cargo xtask test`');

export default defineConfig({
  testDir: 'tests',
  // Journeys change the one demonstration that all of them walk through; those of a file go in order.
  fullyParallel: false,
  workers: 2,
  forbidOnly: true,
  timeout: 240_000,
  expect: { timeout: 15_000 },
  reporter: 'list',
  use: { baseURL, launchOptions: browser, trace: 'retain-on-failure' },
});
