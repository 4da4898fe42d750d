// The lists of the officer: what is on the phone, what could be, and how large it is.

import { h } from "./dom.js";
import { bar, languageButton, screen, tell } from "./parts.js";
import { Refused } from "./send.js";
import { dayOf, num, size, speech, t } from "./words.js";

export async function listScreen(app) {
  const lists = app.sync.lists || (await app.kept("told").catch(() => null)) || [];
  const kept = new Map((await app.store.all("lists")).map((l) => [l.list_id, l]));
  app.onLists = () => location.hash.startsWith("#daftar") && app.draw();
  app.leave = () => {
    app.onLists = null;
  };
  const rows = lists.map((list) => card(app, list, kept.get(list.list_id)));
  const persisted = await app.store.get("keep", "persisted");
  const body = [
    rows.length ? h("ul", { class: "cards" }, rows) : h("div", { class: "empty" }, h("b", {}, t("no_lists")), h("p", { class: "sec" }, t("no_lists_why"))),
    app.install ? h("button", { class: "big", onclick: () => app.install.prompt() }, t("install")) : null,
    h("p", { class: `sec small ${persisted ? "" : "warnline"}` }, t(persisted ? "persist_yes" : "persist_no")),
  ];
  return screen(
    bar(app.who ? app.who.name : t("lists"), { more: languageButton(app, () => app.draw()) }),
    [h("h2", {}, t("lists")), body],
    h("button", { class: "big p", onclick: () => app.sync.run() }, t("reload")),
  );
}

function card(app, list, kept) {
  const load = async (event) => {
    event.target.disabled = true;
    try {
      await app.sync.download(list.list_id);
      app.draw();
    } catch (fault) {
      tell(app, fault instanceof Refused ? fault.words[speech.lang === "id" ? 0 : 1] : t("away"), "bad");
      event.target.disabled = false;
    }
  };
  const button = kept
    ? h("a", { class: "big p", href: `#jalan/${list.list_id}` }, t("start"))
    : h("button", { class: "big p", onclick: load }, t("download", { size: size(list.bytes) }));
  const facts = [t("houses", { n: num(list.orders) }), list.planned_on ? dayOf(list.planned_on) : null, kept ? `${size(kept.bytes)} ${t("on_phone")}` : t("not_on_phone")];
  return h("li", { class: "card" }, h("h3", {}, list.title), h("p", { class: "sec" }, facts.filter(Boolean).join(", ")), button);
}
