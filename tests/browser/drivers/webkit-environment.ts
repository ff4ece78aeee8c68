/**
What WebKitGTK's programs must find in their environment.

@module
*/
import type { VirtualDisplay } from './virtual-display.js';

export function webkitEnvironment(display: VirtualDisplay): Record<string, string> {
  return {
    ...(process.env as Record<string, string>),
    DISPLAY: display.name,
    GDK_BACKEND: 'x11',
    LIBGL_ALWAYS_SOFTWARE: '1',
    GTK_A11Y: 'none',
    NO_AT_BRIDGE: '1',
    // WebKit's sandbox does not start for root.
    ...(process.getuid?.() === 0 && { WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: '1' }),
  };
}
