// Bytes, texts, ids and moments in the forms that the unit reads.

export const utf8 = (text) => new TextEncoder().encode(text);
export const text = (bytes) => new TextDecoder().decode(bytes);

export function base64(bytes) {
  const all = new Uint8Array(bytes);
  let out = "";
  // In pieces: a call takes only so many arguments.
  for (let at = 0; at < all.length; at += 0x8000) out += String.fromCharCode(...all.subarray(at, at + 0x8000));
  return btoa(out);
}

export const hex = (bytes) => [...new Uint8Array(bytes)].map((b) => b.toString(16).padStart(2, "0")).join("");

export const sha256 = async (bytes) => hex(await crypto.subtle.digest("SHA-256", bytes));

export function uuid() {
  const b = crypto.getRandomValues(new Uint8Array(16));
  b[6] = (b[6] & 15) | 64;
  b[8] = (b[8] & 63) | 128;
  const h = hex(b);
  return [h.slice(0, 8), h.slice(8, 12), h.slice(12, 16), h.slice(16, 20), h.slice(20)].join("-");
}

// The phone's own clock with its zone: 2026-11-26T09:00:00+07:00.
export function moment(date) {
  const off = -date.getTimezoneOffset();
  const two = (n) => String(Math.abs(n)).padStart(2, "0");
  const local = new Date(date.getTime() + off * 60_000).toISOString().slice(0, 19);
  return `${local}${off < 0 ? "-" : "+"}${two(Math.trunc(off / 60))}:${two(off % 60)}`;
}

export const day = (date) => moment(date).slice(0, 10);

// A number as a person types it: comma or point before the decimals; null where it is none.
export function number(typed) {
  const plain = String(typed).trim().replace(",", ".");
  return /^-?\d+(\.\d+)?$/.test(plain) ? Number(plain) : null;
}
