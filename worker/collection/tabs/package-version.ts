/**
The version of the package, by which tabs know whether they speak alike.

@module
*/

/** Set by the bundler. */
declare const VICINAL_VERSION: string | undefined;

export const packageVersion = typeof VICINAL_VERSION === 'string' ? VICINAL_VERSION : 'unpackaged';
