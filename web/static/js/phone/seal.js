// What lies on the phone is sealed: AES-GCM under a random key. The key itself is kept twice,
// wrapped by what the PIN gives (PBKDF2) for the officer, and by RSA-OAEP for the office.

import { base64, utf8 } from "./coding.js";

export const ROUNDS = 600_000;
const AES = { name: "AES-GCM", length: 256 };
const nonce = () => crypto.getRandomValues(new Uint8Array(12));

export const fresh = () => crypto.subtle.generateKey(AES, true, ["encrypt", "decrypt"]);

async function byPin(pin, salt, rounds) {
  const base = await crypto.subtle.importKey("raw", utf8(pin), "PBKDF2", false, ["deriveKey"]);
  const how = { name: "PBKDF2", hash: "SHA-256", salt, iterations: rounds };
  return crypto.subtle.deriveKey(how, base, AES, false, ["wrapKey", "unwrapKey"]);
}

export async function lock(key, pin, rounds = ROUNDS) {
  const salt = crypto.getRandomValues(new Uint8Array(16));
  const iv = nonce();
  const wrapped = await crypto.subtle.wrapKey("raw", key, await byPin(pin, salt, rounds), { name: "AES-GCM", iv });
  return { salt, iv, wrapped, rounds };
}

// Return the key, null for a wrong PIN.
export async function unlock({ salt, iv, wrapped, rounds }, pin) {
  const by = await byPin(pin, salt, rounds);
  try {
    return await crypto.subtle.unwrapKey("raw", wrapped, by, { name: "AES-GCM", iv }, AES, true, ["encrypt", "decrypt"]);
  } catch {
    return null;
  }
}

// The raw key under the unit's public key, as base64.
export async function forOffice(key, jwk) {
  const to = await crypto.subtle.importKey("jwk", jwk, { name: "RSA-OAEP", hash: "SHA-256" }, false, ["encrypt"]);
  return base64(await crypto.subtle.encrypt({ name: "RSA-OAEP" }, to, await crypto.subtle.exportKey("raw", key)));
}

export async function seal(key, bytes) {
  const iv = nonce();
  return { iv, data: await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, bytes) };
}

export const opened = (key, { iv, data }) => crypto.subtle.decrypt({ name: "AES-GCM", iv }, key, data);

export const sealed = (key, told) => seal(key, utf8(JSON.stringify(told)));
export const told = async (key, kept) => JSON.parse(new TextDecoder().decode(await opened(key, kept)));

// A wrong PIN costs more with each one: none for three, then 15 s, 30 s, ... up to an hour.
export const penalty = (wrong) => (wrong < 3 ? 0 : Math.min(3600, 15 * 2 ** (wrong - 3)) * 1000);
// What everybody tries first.
export const weak = (pin) =>
  !/^\d{6,12}$/.test(pin) || /^(\d)\1+$/.test(pin) || "01234567890123".includes(pin) || "98765432109876".includes(pin);
