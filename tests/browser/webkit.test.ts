import { launchWebKit } from './drivers/webkit-driver.js';
import { describeBrowser } from './suites/browser.js';

describeBrowser('webkit', launchWebKit, { relaxed: false, opfs: false });
