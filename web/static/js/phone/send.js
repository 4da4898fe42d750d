// Send what waits: who asks, the phone, visits in batches, photos in pieces. What failed is sent
// again as it was: the same id with the same content is the same visit to the unit.

import { told } from "./seal.js";

const BATCH = 50;
const BATCH_BYTES = 800_000;
const PIECE = 128 * 1024;
const TIMEOUT_MS = 30_000;

export class Away extends Error {} // no network, or no answer: it passes
export class SignedOut extends Error {} // the log-in has ended
export class Refused extends Error {
  // The unit says no, in both languages.
  constructor(status, words) {
    super(`${status}`);
    this.status = status;
    this.words = words;
  }
}

export class Wire {
  constructor(ulp, deviceId) {
    this.base = `/${ulp}/hp`;
    this.deviceId = deviceId;
    this.csrf = "";
  }

  async ask(path, options = {}) {
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), TIMEOUT_MS);
    let answer;
    try {
      answer = await fetch(this.base + path, {
        ...options, redirect: "manual", cache: "no-store", signal: stop.signal,
        headers: { Accept: "application/json", "X-CSRFToken": this.csrf, ...options.headers },
      });
      if (answer.type === "opaqueredirect" || answer.status === 401) throw new SignedOut();
      if (answer.status >= 500 || answer.status === 408 || answer.status === 429) throw new Away(String(answer.status));
      const body = await answer.json().catch(() => null);
      // The token of the session is another one now: the next round greets first.
      if (body?.code === "csrf") throw new Away("csrf");
      if (!answer.ok) throw new Refused(answer.status, body && body.id ? [body.id, body.en] : [`Ditolak (${answer.status})`, `Refused (${answer.status})`]);
      // Other nets answer with their own log-in page: that is no answer of the unit.
      if (body === null) throw new Away("not the unit");
      return body;
    } catch (fault) {
      if (fault instanceof Away || fault instanceof SignedOut || fault instanceof Refused) throw fault;
      throw new Away(fault?.message);
    } finally {
      clearTimeout(timer);
    }
  }

  post(path, told) {
    return this.ask(path, { method: "POST", body: JSON.stringify(told), headers: { "Content-Type": "application/json" } });
  }

  async hello() {
    const said = await this.ask("/sapa");
    this.csrf = said.csrf;
    return said;
  }

  announce(words, wrapped_key) {
    return this.post("/perangkat", { device_id: this.deviceId, told: words, wrapped_key });
  }

  lists() {
    return this.ask(`/daftar?perangkat=${this.deviceId}`);
  }

  list(listId) {
    return this.ask(`/daftar/${listId}?perangkat=${this.deviceId}`);
  }
}

// Records in batches that one request can hold; `visits` are [record, visit] pairs.
export function batches(visits) {
  const out = [];
  let size = Infinity;
  for (const pair of visits) {
    const more = pair[0].data.byteLength * 1.1;
    if (size + more > BATCH_BYTES || out[out.length - 1].length >= BATCH) {
      out.push([]);
      size = 0;
    }
    out[out.length - 1].push(pair);
    size += more;
  }
  return out;
}

// Send visits that have no receipt yet. `again`: refused ones too, a person asked for it.
export async function sendVisits(wire, queue, { again = false } = {}) {
  const waiting = (await queue.records()).filter((r) => r.missing === null && (again || !r.refused));
  const pairs = [];
  for (const record of waiting) pairs.push([record, await told(queue.key, record)]);
  for (const batch of batches(pairs)) await sendBatch(wire, queue, batch);
}

async function sendBatch(wire, queue, batch) {
  let said;
  try {
    said = await wire.post("/kunjungan", {
      device_id: wire.deviceId, sent_at: new Date().toISOString(), visits: batch.map(([, visit]) => visit),
    });
  } catch (fault) {
    if (!(fault instanceof Refused)) throw fault;
    // One that the unit cannot take must not hold up the others.
    if (batch.length > 1) {
      for (const one of batch) await sendBatch(wire, queue, [one]);
      return;
    }
    // Who may not send at all is told so; the record itself is not at fault.
    if (fault.status === 403 || fault.status === 400) throw fault;
    await queue.replace(Object.assign(batch[0][0], { refused: fault.words }));
    queue.changed();
    return;
  }
  const by = new Map(batch.map(([record]) => [record.client_id, record]));
  for (const one of said.refused || []) {
    const record = by.get(one.client_id);
    if (record) await queue.replace(Object.assign(record, { refused: [one.id, one.en] }));
  }
  for (const one of said.receipts || []) {
    const record = by.get(one.client_id);
    if (!record) continue;
    Object.assign(record, { missing: one.missing || [], came: one.came, refused: null });
    if (record.missing.length) await queue.replace(record);
    else await queue.settled(record, one.came);
  }
  queue.changed();
}

// Send the photos of visits that have their receipt; a record goes once all of its are whole.
export async function sendPhotos(wire, queue) {
  for (const record of (await queue.records()).filter((r) => r.missing?.length)) {
    const left = [];
    for (const sha256 of record.missing) {
      const bytes = await queue.photo(sha256);
      if (!bytes || !(await sendPhoto(wire, sha256, bytes))) left.push(sha256);
    }
    record.missing = left;
    if (left.length) await queue.replace(record);
    else await queue.settled(record, record.came);
    queue.changed();
  }
}

// Return whether the unit has the photo whole now. It goes on where an earlier try broke off.
async function sendPhoto(wire, sha256, bytes) {
  let { have, whole } = await wire.ask(`/foto/${sha256}`);
  // Twice around: pieces that did not make the photo are thrown away by the unit and sent anew.
  for (let pieces = 0; !whole && pieces < 2 * (Math.ceil(bytes.byteLength / PIECE) + 1); pieces += 1) {
    const from = Math.min(have, bytes.byteLength);
    ({ have, whole } = await wire.ask(`/foto/${sha256}?mulai=${from}&seluruhnya=${bytes.byteLength}`, {
      method: "PUT", body: bytes.slice(from, from + PIECE), headers: { "Content-Type": "application/octet-stream" },
    }));
  }
  return whole;
}
