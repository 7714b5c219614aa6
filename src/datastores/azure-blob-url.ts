// The address of a storage account. Emulators and other servers have the account in the path instead of the host.

export function azureBlobUrl(settings: Readonly<Record<string, string>>): string {
  const { account_name: account = "", protocol = "https", endpoint = "core.windows.net" } = settings;
  const isWhole = /^https?:\/\//i.test(endpoint);
  const address = endpoint.replace(/^https?:\/\//i, "").replace(/\/+$/, "");
  const scheme = isWhole ? endpoint.slice(0, endpoint.indexOf(":")).toLowerCase() : protocol.toLowerCase();
  const isOwnServer = /[:/]/.test(address) || /^(localhost|[\d.]+)$/i.test(address);
  if (!isOwnServer && !isWhole) return `${scheme}://${account}.blob.${address}`;
  const namesAccount = address.endsWith(`/${account}`) || address.startsWith(`${account}.`);
  return namesAccount ? `${scheme}://${address}` : `${scheme}://${address}/${account}`;
}
