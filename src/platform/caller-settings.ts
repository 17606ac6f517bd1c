import { isOrigin, isProxyAddress } from './network-names.js';
import { Flag, List, Text, Whole } from './setting.js';
import { TestSettings } from './test-settings.js';

export const SECRET_RULE = { pattern: /^.{32,512}$/s, range: '32 to 512 characters' } as const;
export const NAME_RULE = {
  pattern: /^[\x21-\x7e]{1,200}$/,
  range: '1 to 200 printable characters without spaces',
} as const;
const LIMIT_RANGE = { min: 0, max: 10_000_000 } as const;

/** The part of `Config` that says who may call, from where, and how often. */
export class CallerSettings extends TestSettings {
  @Text({
    env: 'JWT_SECRET',
    meaning: "Verifies buyers' tokens (HS256); with JWT_JWKS_URL unset too, no buyer is admitted",
    ...SECRET_RULE,
    optional: true,
  })
  jwtSecret?: string;

  @Text({
    env: 'JWT_JWKS_URL',
    meaning: "Instead of JWT_SECRET: where the public keys of buyers' tokens are",
    pattern: /^(https:\/\/[\w.-]+|http:\/\/(localhost|127\.0\.0\.1|\[::1\]))(:\d{1,5})?(\/[^\s#]*)?$/,
    range: 'an https:// URL, or http:// on this machine',
    optional: true,
  })
  jwtJwksUrl?: string;

  @Text({ env: 'JWT_ISSUER', meaning: "The `iss` a buyer's token must carry", ...NAME_RULE, default: 'holdfast' })
  jwtIssuer!: string;

  @Text({ env: 'JWT_AUDIENCE', meaning: "The `aud` a buyer's token must carry", ...NAME_RULE, default: 'holdfast' })
  jwtAudience!: string;

  @Whole({
    env: 'SESSION_HOURS',
    meaning: 'How long somebody stays signed in to the dashboard',
    unit: 'hours',
    min: 1,
    max: 720,
    default: 12,
  })
  sessionHours!: number;

  @Flag({
    env: 'DEMO_SHOP',
    meaning: 'Serves the demo shop, where anybody signs in and pays with pretended money; `npm start` sets it',
    default: false,
  })
  demoShop!: boolean;

  @List({
    env: 'CORS_ORIGINS',
    meaning: 'Whose pages may call the API from a browser',
    range: 'origins such as https://shop.example.com with commas between them, or *',
    holds: isOrigin,
  })
  corsOrigins!: readonly string[];

  @List({
    env: 'TRUST_PROXY',
    meaning: 'Proxies in front of us, whose X-Forwarded-For tells the address of a caller',
    range: 'addresses, networks such as 10.0.0.0/8, loopback, linklocal or uniquelocal, with commas between them',
    holds: isProxyAddress,
  })
  trustProxy!: readonly string[];

  @Whole({
    env: 'ADDRESS_REQUESTS_MAX',
    meaning: 'Requests without an API key from one address in a window; 0 for any number',
    ...LIMIT_RANGE,
    default: 1000,
  })
  addressRequestsMax!: number;

  @Whole({
    env: 'CUSTOMER_REQUESTS_MAX',
    meaning: 'Requests of one buyer, and to reserve for one named customer, in a window; 0 for any number',
    ...LIMIT_RANGE,
    default: 100,
  })
  customerRequestsMax!: number;

  @Whole({
    env: 'KEY_REQUESTS_MAX',
    meaning: 'Requests with one storefront key in a window; 0 for any number',
    ...LIMIT_RANGE,
    default: 0,
  })
  keyRequestsMax!: number;

  @Whole({
    env: 'LIMIT_WINDOW_SECONDS',
    meaning: 'The window in which requests are counted',
    unit: 'seconds',
    min: 1,
    max: 60,
    default: 10,
  })
  limitWindowSeconds!: number;
}
