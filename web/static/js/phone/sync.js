// When to send, and what is said of it on every screen: the band under the title.

import { h, icon } from "./dom.js";
import { forOffice, seal, sealed } from "./seal.js";
import { Away, Refused, SignedOut, sendPhotos, sendVisits } from "./send.js";
import { utf8 } from "./coding.js";
import { clock, num, speech, t } from "./words.js";

const EVERY_MS = 30_000;
const LONGEST_MS = 10 * 60_000;

export class Sync {
  constructor(app) {
    this.app = app;
    this.state = "idle"; // idle, sending, away, signedout, refused
    this.words = null;
    this.fails = 0;
    this.timer = null;
    this.waitingWorker = null;
    this.lists = null; // as the unit told them last
    this.onLine = () => this.soon(500);
    this.onChange = () => this.band();
  }

  start() {
    addEventListener("online", this.onLine);
    this.app.queue.heard.add(this.onChange);
    this.soon(300);
  }

  stop() {
    removeEventListener("online", this.onLine);
    clearTimeout(this.timer);
  }

  soon(ms) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.run(), ms);
  }

  // Send all that waits; two windows of the app never send at once.
  async run(options = {}) {
    if (this.state === "sending" || !this.app.key) return null;
    // Without any network nothing is tried but by hand.
    if (!navigator.onLine && !options.again) {
      this.say("away");
      return this.soon(EVERY_MS);
    }
    if (!navigator.locks) return this.once(options);
    return navigator.locks.request("rbmgeo-send", { ifAvailable: true }, (got) => (got ? this.once(options) : this.soon(EVERY_MS)));
  }

  async once(options) {
    const { app } = this;
    this.say("sending");
    try {
      await this.greet();
      await sendVisits(app.wire, app.queue, options);
      await sendPhotos(app.wire, app.queue);
      await this.fetchLists();
      this.fails = 0;
      await app.store.put("keep", Date.now(), "sent_at").catch(() => {});
      this.say("idle");
    } catch (fault) {
      this.fails += 1;
      if (fault instanceof SignedOut) this.say("signedout");
      else if (fault instanceof Refused) this.say("refused", fault.words);
      else {
        if (!(fault instanceof Away)) console.warn(fault);
        this.say("away");
      }
    }
    const waits = Math.min(LONGEST_MS, EVERY_MS * 2 ** Math.max(0, this.fails - 4));
    if (app.key) this.soon(this.fails && (await app.queue.counts()).waiting ? Math.min(waits, EVERY_MS) : waits);
  }

  // Say who the phone is; give the office its key, anew where the unit has another one now.
  async greet() {
    const { app } = this;
    const said = await app.wire.hello();
    const skew = Math.round((Date.now() - Date.parse(said.now)) / 60_000);
    this.skew = Math.abs(skew) >= 5 ? skew : 0;
    app.who = { login: said.login, name: said.name, unit: said.unit };
    await app.keep("who", app.who);
    const office = await app.store.get("keep", "office");
    if (office?.key_id !== said.key.id) {
      const wrapped_key = await forOffice(app.key, said.key.jwk);
      await app.wire.announce(phoneWords(), wrapped_key);
      await app.store.put("keep", { key_id: said.key.id, wrapped_key }, "office");
    } else await app.wire.announce(phoneWords(), office.wrapped_key);
  }

  // Ask for the lists; those on the phone that changed are fetched again, those no longer ours go.
  async fetchLists() {
    const { app } = this;
    let told;
    try {
      told = (await app.wire.lists()).lists;
    } catch (fault) {
      // A phone that was struck off gets no lists: those it has go, its queue stays.
      if (fault instanceof Refused && fault.status === 403) await this.dropLists([]);
      throw fault;
    }
    this.lists = told;
    await app.store.put("keep", await sealed(app.key, told), "told");
    await this.dropLists(told.map((l) => l.list_id));
    for (const kept of await app.store.all("lists")) {
      const now = told.find((l) => l.list_id === kept.list_id);
      if (now && now.version !== kept.version) await this.download(now.list_id);
    }
    app.onLists?.();
  }

  async dropLists(mine) {
    const gone = (await this.app.store.keys("lists")).filter((id) => !mine.includes(id));
    if (gone.length) {
      this.app.ready = null;
      await this.app.store.remove("lists", ...gone);
    }
  }

  async download(listId) {
    const { app } = this;
    const bundle = await app.wire.list(listId);
    const bytes = utf8(JSON.stringify(bundle));
    const { iv, data } = await seal(app.key, bytes);
    await app.store.put("lists", { list_id: listId, version: bundle.version, iv, data, at: Date.now(), bytes: bytes.byteLength });
    await app.keep("days", bundle.keep_days);
    app.ready = null;
    if (app.bundle?.list_id === listId) app.bundle = null;
  }

  say(state, words = null) {
    this.state = state;
    this.words = words;
    this.band();
  }

  offerVersion(waiting) {
    this.waitingWorker = waiting;
    this.band();
  }

  // Draw the band into the screen that is shown.
  async band() {
    const place = this.app.root.querySelector("[data-band]");
    if (!place || !this.app.queue) return;
    const { waiting, sent, total } = await this.app.queue.counts();
    const all = waiting === 0;
    const left = all ? (total ? t("sent_all", { n: num(total) }) : t("nothing_yet")) : t("unsent", { n: num(waiting) });
    const memory = this.app.queue.memory.length > 0;
    const state = memory ? t("only_memory") : this.state === "sending" && !all ? t("sending") : all ? "" : t("sent", { n: num(sent) });
    const to = `#antrean`;
    place.replaceChildren(
      h("a", { class: `band ${memory ? "bad" : all ? (total ? "ok" : "") : "wait"}`, href: to },
        all && total ? icon("tick") : all ? icon("list") : icon("away"), h("b", { role: "status" }, left), h("span", {}, state)),
      ...this.notes(),
    );
  }

  notes() {
    const out = [];
    const { app } = this;
    if (this.state === "signedout") {
      out.push(h("p", { class: "note bad" }, t("signedout"), " ", h("a", { class: "big small", href: `/masuk?next=/${app.ulp}/hp` }, t("signin"))));
    }
    if (this.state === "refused") out.push(h("p", { class: "note bad" }, this.words[speech.lang === "id" ? 0 : 1]));
    if (this.skew) out.push(h("p", { class: "note warn" }, t("clock", { n: num(Math.abs(this.skew)) })));
    if (app.message) out.push(h("p", { class: `note ${app.message.kind}`, role: "status" }, app.message.words));
    if (this.waitingWorker && !location.hash.startsWith("#kunjungan")) {
      out.push(h("p", { class: "note" }, t("new_version"), " ",
        h("button", { class: "big small", onclick: () => this.waitingWorker.postMessage("sekarang") }, t("use_now"))));
    }
    return out;
  }

  async lastSent() {
    const at = await this.app.store.get("keep", "sent_at");
    return at ? t("last_sent", { at: clock(at) }) : "";
  }
}

const phoneWords = () => navigator.userAgent.slice(0, 200);
