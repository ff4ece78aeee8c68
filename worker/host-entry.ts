/**
What the worker file (`vicinal-worker.js`) runs.

@module
*/

import { Host } from './host.js';
import { hostPort } from './host-port-web.js';

new Host(hostPort).listen();
