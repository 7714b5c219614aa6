// Takes passwords and tokens out of text that people will read: build logs, messages, lists of packages.

/** Credentials inside addresses, and the query parameters that carry signatures and tokens. */
export const maskSecrets = (text: string): string =>
  text
    .replaceAll(/([a-z][a-z0-9+.-]*:\/\/)[^\s/?#'"]*@/gi, "$1***@")
    .replaceAll(/([?&](?:sig|token|access_token|password|key|secret)=)[^&\s'"#]+/gi, "$1***");
