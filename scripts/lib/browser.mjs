import { chromium } from 'playwright-core';
import { requireChromium } from './system.mjs';

/** The browser that draws the workbench. It talks to the loopback interface only. */
export const openBrowser = () =>
  chromium.launch({
    executablePath: requireChromium(),
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });

export const viewport = { width: 1280, height: 800 };
