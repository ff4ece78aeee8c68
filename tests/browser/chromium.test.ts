import { launchChromium } from './drivers/playwright-driver.js';
import { describeBrowser } from './suites/browser.js';

describeBrowser('chromium', launchChromium, { relaxed: true, opfs: true });
