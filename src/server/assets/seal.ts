// Seals secrets before they are stored: AES-256-GCM with a key made from the home's secret.
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";

export interface Seal {
  /** `place` names what the secret belongs to; it opens nowhere else. */
  close(secret: string, place: string): string;
  open(sealed: string, place: string): string;
}

const cipher = "aes-256-gcm";
const nonceBytes = 12;
const tagBytes = 16;

export function createSeal(homeSecret: string): Seal {
  const key = Buffer.from(hkdfSync("sha256", homeSecret, "", "trainyard datastore secrets", 32));
  return {
    close(secret, place) {
      const nonce = randomBytes(nonceBytes);
      const sealing = createCipheriv(cipher, key, nonce).setAAD(Buffer.from(place));
      const sealed = Buffer.concat([sealing.update(secret, "utf8"), sealing.final()]);
      return Buffer.concat([nonce, sealing.getAuthTag(), sealed]).toString("base64url");
    },
    open(sealed, place) {
      const bytes = Buffer.from(sealed, "base64url");
      const nonce = bytes.subarray(0, nonceBytes);
      const opening = createDecipheriv(cipher, key, nonce, { authTagLength: tagBytes })
        .setAAD(Buffer.from(place))
        .setAuthTag(bytes.subarray(nonceBytes, nonceBytes + tagBytes));
      try {
        const secret = [opening.update(bytes.subarray(nonceBytes + tagBytes)), opening.final()];
        return Buffer.concat(secret).toString("utf8");
      } catch (error) {
        throw new Error(`the secret of ${place} was not sealed with this home's secret`, { cause: error });
      }
    },
  };
}
