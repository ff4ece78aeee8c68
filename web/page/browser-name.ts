/**
Which browser this is, by what it says of itself.

@module
*/

/** What `navigator` tells. `userAgentData` is Chromium's. */
export interface Agent {
  readonly userAgent: string;
  readonly userAgentData?: {
    readonly brands: readonly { readonly brand: string; readonly version: string }[];
  };
}

export interface BrowserName {
  /** `Firefox 153` */
  readonly browser: string;
  /** What runs its WebAssembly: `SpiderMonkey`. */
  readonly engine: string;
}

/** In this order: most browsers name others too, to be taken for them. */
const marks: readonly { readonly mark: RegExp; readonly name: string; readonly engine: string }[] = [
  { mark: /Firefox\/([\d.]+)/, name: 'Firefox', engine: 'SpiderMonkey' },
  { mark: /Edg\/([\d.]+)/, name: 'Edge', engine: 'V8' },
  { mark: /OPR\/([\d.]+)/, name: 'Opera', engine: 'V8' },
  { mark: /Chrom(?:e|ium)\/([\d.]+)/, name: 'Chromium', engine: 'V8' },
  { mark: /Version\/([\d.]+).* Safari\//, name: 'Safari or WebKitGTK', engine: 'JavaScriptCore' },
  { mark: /AppleWebKit\/([\d.]+)/, name: 'WebKit', engine: 'JavaScriptCore' },
];

export function browserName({ userAgent, userAgentData }: Agent): BrowserName {
  // Beside its own name a brand list holds Chromium's, and one made up to keep readers from relying on the list.
  const brands = (userAgentData?.brands ?? []).filter(({ brand }) => !/not.?a.?brand/i.test(brand));
  const brand = brands.find(({ brand }) => brand !== 'Chromium') ?? brands[0];
  if (brand) return { browser: `${brand.brand} ${brand.version}`, engine: 'V8' };

  for (const { mark, name, engine } of marks) {
    const version = mark.exec(userAgent)?.[1];
    if (version) return { browser: `${name} ${version}`, engine };
  }
  return { browser: 'unknown', engine: 'unknown' };
}
