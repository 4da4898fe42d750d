// The app: opens the store, asks for the PIN, shows a screen by the address behind "#".

import { day, uuid } from "./coding.js";
import { show } from "./dom.js";
import { listScreen } from "./screen_lists.js";
import { lockScreen, setupScreen, stopScreen } from "./screen_lock.js";
import { queueScreen } from "./screen_queue.js";
import { findScreen } from "./screen_find.js";
import { visitScreen } from "./screen_visit.js";
import { walkScreen } from "./screen_walk.js";
import { Here } from "./place.js";
import { Queue } from "./queue.js";
import { opened, sealed, told } from "./seal.js";
import { openStore } from "./store.js";
import { speech, t } from "./words.js";
import { Wire } from "./send.js";
import { Sync } from "./sync.js";

const root = document.getElementById("app");
const LOCK_AFTER_MS = 15 * 60_000;
const SCREENS = { daftar: listScreen, jalan: walkScreen, kunjungan: visitScreen, cari: findScreen, antrean: queueScreen };

// All that the screens share. `bundle` is the list that is walked, opened once.
export const app = {
  ulp: document.documentElement.dataset.ulp,
  root, store: null, key: null, queue: null, wire: null, sync: null, here: new Here(),
  device: null, who: null, office: null, bundle: null, leave: null, message: null,

  go(name, ...rest) {
    const to = `#${[name, ...rest].join("/")}`;
    if (location.hash === to) app.draw();
    else location.hash = to;
  },

  async speak(lang, keep = true) {
    speech.lang = lang;
    document.documentElement.lang = lang;
    document.title = `${t("app")} - rbmgeo`;
    if (keep) await app.store?.put("keep", lang, "lang").catch(() => {});
  },

  // Read the list that was walked last while the PIN is typed; it stays sealed.
  foresee() {
    app.ready = app.store.get("keep", "last").then((last) => last && app.store.get("lists", last.list_id)).catch(() => null);
  },

  // Open the list that is walked; null where it is not on the phone.
  async open(listId) {
    if (app.bundle?.list_id === listId) return app.bundle;
    const ready = await app.ready;
    app.ready = null;
    const kept = ready?.list_id === listId ? ready : await app.store.get("lists", listId);
    if (!kept) return null;
    app.bundle = JSON.parse(new TextDecoder().decode(await opened(app.key, kept)));
    speech.job = app.bundle.words;
    return app.bundle;
  },

  // What is sealed beside lists and records: who works here, what is being filled in.
  async kept(name) {
    const found = await app.store.get("keep", name);
    return found ? told(app.key, found) : null;
  },
  async keep(name, value) {
    if (value === null) return app.store.remove("keep", name);
    return app.store.put("keep", await sealed(app.key, value), name);
  },

  async unlocked(key) {
    app.key = key;
    app.queue = new Queue(app.store, key);
    app.who = await app.kept("who");
    app.wire = new Wire(app.ulp, app.device);
    app.sync = new Sync(app);
    app.here.start();
    const draft = await app.kept("draft").catch(() => null);
    app.sync.start();
    // What is not needed for the first house comes after it.
    setTimeout(() => app.tidy(draft), 5_000);
    // The camera may have pushed the app out of memory while a visit was filled in.
    if (draft) app.go("kunjungan", draft.list_id, draft.target);
    else if (!location.hash || location.hash === "#") {
      const last = await app.store.get("keep", "last");
      if (last?.day === day(new Date()) && (await app.store.get("lists", last.list_id))) app.go("jalan", last.list_id);
      else app.go("daftar");
    } else app.draw();
  },

  async tidy(draft) {
    const { queue } = app;
    if (!queue) return;
    const days = (await app.kept("days")) || 30;
    const now = await app.kept("draft").catch(() => null);
    const drafted = [draft, now].flatMap((d) => Object.values(d?.photos || {})).map((p) => p.sha256);
    await queue.purge(days, drafted).catch(() => {});
    await queue.reserve();
  },

  async draw() {
    if (!app.key) return;
    app.leave?.();
    app.leave = null;
    const [name, ...rest] = location.hash.slice(1).split("/");
    const screen = SCREENS[name] || listScreen;
    const turn = (app.turn = (app.turn || 0) + 1);
    const made = await screen(app, ...rest);
    // Somebody may have gone on while a screen was being made.
    if (turn !== app.turn) return;
    if (made) show(root, made);
    app.sync.band();
  },

  lock() {
    const { queue } = app;
    app.leave?.();
    Object.assign(app, { key: null, bundle: null, queue: null, leave: null });
    app.sync?.stop();
    queue?.close();
    lockScreen(app);
  },
};

async function begin() {
  if (!window.isSecureContext || !crypto.subtle) return stopScreen(app, "insecure");
  try {
    app.store = await openStore(`rbmgeo-hp-${app.ulp}`);
  } catch {
    return stopScreen(app, "nostore");
  }
  const [chosen, device, lock] = await Promise.all(["lang", "device", "lock"].map((name) => app.store.get("keep", name)));
  app.chosen = Boolean(chosen);
  await app.speak(chosen || "id", false);
  worker();
  app.device = device;
  if (!app.device) {
    app.device = uuid();
    await app.store.put("keep", app.device, "device");
  }
  return lock ? lockScreen(app) : setupScreen(app);
}

async function worker() {
  if (!("serviceWorker" in navigator)) return;
  const here = `/${app.ulp}/hp`;
  const mine = await navigator.serviceWorker.register(`${here}/sw.js`, { scope: here }).catch(() => null);
  if (!mine) return;
  const ready = () => mine.waiting && navigator.serviceWorker.controller && app.sync?.offerVersion(mine.waiting);
  mine.addEventListener("updatefound", () => mine.installing?.addEventListener("statechange", ready));
  app.newVersion = ready;
  let first = !navigator.serviceWorker.controller;
  navigator.serviceWorker.addEventListener("controllerchange", () => {
    if (!first) location.reload();
    first = false;
  });
}

addEventListener("hashchange", () => app.draw());
addEventListener("beforeinstallprompt", (event) => {
  event.preventDefault();
  app.install = event;
});
addEventListener("appinstalled", () => {
  app.install = null;
});
let hidden = 0;
document.addEventListener("visibilitychange", () => {
  if (document.hidden) hidden = Date.now();
  else if (app.key && hidden && Date.now() - hidden > LOCK_AFTER_MS && !app.queue.memory.length) app.lock();
});
// A record that found no room is in memory only: closing is asked about.
addEventListener("beforeunload", (event) => {
  if (app.queue?.memory.length) event.preventDefault();
});
begin();
