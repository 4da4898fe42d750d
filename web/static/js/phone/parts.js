// Parts that several screens share.

import { h, icon } from "./dom.js";
import { rescueFile } from "./queue.js";
import { t } from "./words.js";

export const bar = (title, { back, more } = {}) =>
  h("header", { class: "bar" },
    back ? h("a", { class: "icon", href: back, "aria-label": t("back") }, icon("back")) : null,
    h("h1", {}, title), more || null);

// The band with the counter is on every screen; the app fills it.
export const band = () => h("nav", { class: "bands", "data-band": "", "aria-label": t("queue") });

export const screen = (head, body, foot) => [
  head, band(), h("main", { class: "page" }, body), foot ? h("footer", { class: "foot" }, foot) : null,
];

export const languageButton = (app, redraw) =>
  h("button", {
    class: "lang", lang: document.documentElement.lang === "id" ? "en" : "id",
    onclick: async () => {
      await app.speak(document.documentElement.lang === "id" ? "en" : "id");
      redraw();
    },
  }, t("language"));

// Say something under the title until the next screen but one.
export function tell(app, words, kind = "") {
  app.message = { words, kind };
  clearTimeout(app.messageTimer);
  app.messageTimer = setTimeout(() => {
    app.message = null;
    app.sync?.band();
  }, kind === "bad" ? 60_000 : 6_000);
  app.sync?.band();
}

export async function exportQueue(app) {
  const office = (await app.store.get("keep", "office")) || { key_id: null, wrapped_key: null };
  const head = { ulp: app.ulp, device_id: app.device, key_id: office.key_id, wrapped_key: office.wrapped_key };
  const { blob, count } = await rescueFile(app.store, app.queue?.memory || [], head);
  const name = `antrean-${app.ulp}-${new Date().toISOString().slice(0, 16).replace(/\D/g, "")}.json`;
  const file = new File([blob], name, { type: "application/json" });
  const link = h("a", { href: URL.createObjectURL(file), download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  return { name, count };
}
