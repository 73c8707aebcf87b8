import type { MiddlewareHandler } from 'hono';
import { secureHeaders } from 'hono/secure-headers';

const secure = secureHeaders({
  contentSecurityPolicy: {
    defaultSrc: ["'none'"],
    scriptSrc: ["'self'"],
    styleSrc: ["'self'"],
    imgSrc: ["'self'", 'data:'],
    connectSrc: ["'self'"],
    frameSrc: ["'self'"],
    formAction: ["'self'"],
    baseUri: ["'none'"],
    frameAncestors: ["'none'"],
  },
  permissionsPolicy: {
    camera: [],
    displayCapture: [],
    geolocation: [],
    microphone: [],
    payment: [],
    usb: [],
  },
  // To ourselves only: by it a page knows under which address the console was opened, whatever a proxy makes of Host.
  referrerPolicy: 'same-origin',
  strictTransportSecurity: 'max-age=31536000',
  // Says less than `frame-ancestors`, and browsers that know that one pass it over.
  xFrameOptions: false,
  overwrite: false,
});

/** Sets the headers of a page that trusts only itself; what a route has set for its own response stays. */
export function securityHeaders(): MiddlewareHandler {
  return async (c, next) => {
    await secure(c, next);
    if (!c.res.headers.has('cache-control')) c.res.headers.set('cache-control', 'no-store');
  };
}
