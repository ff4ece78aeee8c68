import { launchFirefox } from './drivers/playwright-driver.js';
import { describeBrowser } from './suites/browser.js';

describeBrowser('firefox', launchFirefox, { relaxed: true, opfs: true });
