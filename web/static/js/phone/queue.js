// The queue: a visit is on the phone before anything else happens to it, and leaves it only when
// a receipt names it and its photos are whole.

import { base64, utf8 } from "./coding.js";
import { opened, seal, told } from "./seal.js";
import { full } from "./store.js";

// Room kept free for records: it is given up when the phone says that it is full.
const BALLAST = 2_000_000;
const HOUR_MS = 3_600_000;
const SMALLER = [60_000, 25_000];

const short = ({ iv, data, ...rest }) => rest;

export class Queue {
  constructor(store, key) {
    this.store = store;
    this.key = key;
    this.memory = []; // records that found no room at all; said loudly, sent and exported first
    this.heard = new Set();
    this.brief = null; // of each record and receipt all but its content: counting reads nothing
    // Another window of the app may save or send: then what is known here is read again.
    this.channel = new BroadcastChannel("rbmgeo-hp-queue");
    this.channel.onmessage = () => {
      this.brief = null;
      this.tell();
    };
  }

  close() {
    this.channel.close();
  }

  changed() {
    this.channel.postMessage("changed");
    this.tell();
  }

  tell() {
    for (const hear of this.heard) hear();
  }

  async known() {
    if (!this.brief) {
      const records = new Map((await this.store.all("records")).map((r) => [r.client_id, short(r)]));
      for (const r of this.memory) records.set(r.client_id, short(r));
      const receipts = new Map((await this.store.all("receipts")).map((r) => [r.client_id, r]));
      this.brief = { records, receipts };
    }
    return this.brief;
  }

  async reserve() {
    if (await this.store.run(["keep"], "readonly", (s) => s.keep.getKey("ballast"))) return;
    await this.store.put("keep", new Uint8Array(BALLAST), "ballast").catch(() => {});
  }

  // Make room: the ballast, then receipts and what is only handy. Photos and records stay.
  async room() {
    await this.store.remove("keep", "ballast").catch(() => {});
  }

  // Keep a photo; `smaller(bytes)` makes it again with fewer bytes. Return { sha256, bytes },
  // null where there is no room even for a small one.
  async keepPhoto(photo, smaller) {
    for (let at = -1; at < SMALLER.length; at += 1) {
      const one = at < 0 ? photo : await smaller(SMALLER[at]);
      try {
        const { iv, data } = await seal(this.key, one.data);
        await this.store.put("photos", { sha256: one.sha256, iv, data, bytes: one.data.byteLength, at: Date.now() });
        return { sha256: one.sha256, bytes: one.data.byteLength, small: at >= 0 };
      } catch (fault) {
        if (!full(fault)) throw fault;
      }
    }
    return null;
  }

  // Keep a visit; in the same step what was being filled in is over, so that no id is used twice.
  // Return "kept", or "memory" where the phone has no room left at all.
  async save(visit, closes) {
    const { iv, data } = await seal(this.key, utf8(JSON.stringify(visit)));
    const record = {
      client_id: visit.client_id, order_id: visit.order_id, customer: visit.customer, closes, iv, data, at: Date.now(),
      photos: visit.photos.map((p) => p.sha256), missing: null, refused: null,
    };
    const put = () => this.store.run(["records", "keep"], "readwrite", (s) => {
      s.keep.delete("draft");
      s.records.add(record);
    });
    let where = "kept";
    try {
      await put();
    } catch (fault) {
      if (!full(fault)) throw fault;
      await this.room();
      where = await put().then(() => "kept", () => "memory");
    }
    if (where === "memory") this.memory.push(record);
    this.brief?.records.set(record.client_id, short(record));
    this.changed();
    return where;
  }

  async records() {
    const kept = await this.store.all("records");
    return [...this.memory, ...kept].sort((a, b) => a.at - b.at || (a.client_id < b.client_id ? -1 : 1));
  }

  visit(record) {
    return told(this.key, record);
  }

  async photo(sha256) {
    const kept = await this.store.get("photos", sha256);
    return kept ? opened(this.key, kept) : null;
  }

  // What of today is where: { waiting, sent, refused, total }; waiting counts refused ones too.
  async counts(now = new Date()) {
    const { records, receipts } = await this.known();
    const midnight = new Date(now.getFullYear(), now.getMonth(), now.getDate()).getTime();
    const sent = [...receipts.values()].filter((r) => r.at >= midnight && r.at < midnight + 86_400_000).length;
    const refused = [...records.values()].filter((r) => r.refused).length;
    return { waiting: records.size, refused, sent, total: records.size + sent };
  }

  // Orders that some visit of this phone answered: { id: "waiting" | "sent" }, and which closed it.
  async answered() {
    const out = new Map();
    const { records, receipts } = await this.known();
    // The newest visit of this phone speaks for its order.
    const rows = [...receipts.values(), ...records.values()].sort((a, b) => a.at - b.at);
    for (const r of rows) if (r.order_id) out.set(r.order_id, { state: records.has(r.client_id) ? "waiting" : "sent", closes: r.closes });
    return out;
  }

  async replace(record) {
    this.brief?.records.set(record.client_id, short(record));
    if (!this.memory.includes(record)) await this.store.put("records", record);
  }

  // A receipt came, and its photos are whole: only now the record and its photos go.
  async settled(record, came) {
    const others = (await this.records()).filter((r) => r.client_id !== record.client_id);
    const used = new Set(others.flatMap((r) => r.photos));
    const receipt = { client_id: record.client_id, order_id: record.order_id, closes: record.closes, at: record.at, came };
    await this.store.run(["records", "photos", "receipts"], "readwrite", (s) => {
      s.receipts.put(receipt);
      s.records.delete(record.client_id);
      for (const sha256 of record.photos) if (!used.has(sha256)) s.photos.delete(sha256);
    });
    this.memory = this.memory.filter((r) => r !== record);
    this.brief?.records.delete(record.client_id);
    this.brief?.receipts.set(record.client_id, receipt);
    this.changed();
  }

  // Lists and receipts go after so many days; photos that no record and no draft names go at once.
  async purge(days, drafted, now = Date.now()) {
    const until = now - days * 86_400_000;
    const used = new Set([...(await this.records()).flatMap((r) => r.photos), ...drafted]);
    const fresh = now - HOUR_MS;
    const photos = [];
    for (const sha256 of await this.store.keys("photos")) {
      // One that was taken just now may wait for its visit.
      if (!used.has(sha256) && !((await this.store.get("photos", sha256))?.at > fresh)) photos.push(sha256);
    }
    const lists = (await this.store.all("lists")).filter((l) => l.at < until).map((l) => l.list_id);
    const receipts = (await this.store.all("receipts")).filter((r) => r.at < until).map((r) => r.client_id);
    if (photos.length) await this.store.remove("photos", ...photos);
    if (lists.length) await this.store.remove("lists", ...lists);
    if (receipts.length) await this.store.remove("receipts", ...receipts);
    this.brief = null;
  }
}

// The queue as a file for the office, which opens it without the PIN: visits, then their photos.
// Nothing is decrypted here: it can be made where the PIN is forgotten. In parts, so that it need
// not fit into memory twice.
export async function rescueFile(store, memory, head) {
  const one = ({ iv, data, ...more }) => JSON.stringify({ ...more, iv: base64(iv), data: base64(data) });
  const records = [...memory, ...(await store.all("records"))].sort((a, b) => a.at - b.at);
  const parts = [JSON.stringify({ v: 1, ...head }).slice(0, -1), ',"records":['];
  const put = (what) => parts.push(parts.length > 2 ? "," : "", one(what));
  for (const r of records) put({ iv: r.iv, data: r.data, client_id: r.client_id });
  for (const sha256 of new Set(records.flatMap((r) => r.photos))) {
    const photo = await store.get("photos", sha256);
    if (photo) put({ iv: photo.iv, data: photo.data, sha256 });
  }
  parts.push("]}");
  return { blob: new Blob(parts, { type: "application/json" }), count: records.length };
}
