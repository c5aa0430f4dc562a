/** The version of this package; a test holds it to `package.json`. */
export const VERSION = '2.28.0';
