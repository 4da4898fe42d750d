// Any house within 300 m of the walk, by the last digits of its meter or idpel.

import { away, told } from "./geo.js";
import { found, LEAST } from "./find.js";
import { h } from "./dom.js";
import { bar, screen } from "./parts.js";
import { address, numbers } from "./screen_walk.js";
import { speech, t } from "./words.js";

export async function findScreen(app, listId) {
  const bundle = await app.open(listId);
  if (!bundle) {
    app.go("daftar");
    return null;
  }
  const list = h("ul", { class: "rows" });
  const none = h("p", { class: "sec", role: "status" });
  const look = (typed) => {
    const rows = found(bundle, typed);
    const { last: here } = app.here;
    if (here) rows.sort((a, b) => Boolean(b.order) - Boolean(a.order) || (a.lon === undefined ? Infinity : away(here, a)) - (b.lon === undefined ? Infinity : away(here, b)));
    list.replaceChildren(...rows.map((one) => h("li", {}, h("a", { href: `#kunjungan/${listId}/${one.order ? one.order.id : `@${one.customer}`}` },
      h("span", { class: "ring" }, one.order ? String(one.order.stop) : "+"),
      h("span", { class: "what" }, h("b", {}, one.order ? address(one.order) : t("off_list")), h("span", { class: "sec" }, numbers(one))),
      h("b", { class: "far" }, here && one.lon !== undefined ? told(away(here, one), speech.lang) : "")))));
    none.textContent = typed.length >= LEAST && !rows.length ? t("find_none") : "";
  };
  const field = h("input", { id: "digits", inputmode: "numeric", autocomplete: "off", maxlength: 13, oninput: (event) => look(event.target.value) });
  return screen(bar(t("find_title"), { back: `#jalan/${listId}` }),
    h("div", { class: "fields" }, h("label", { for: "digits" }, t("find_hint")), field, none, list));
}
