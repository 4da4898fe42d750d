// One list in walking order: where the next house is, how far, and the button to visit it.

import { away, bearing, told } from "./geo.js";
import { day } from "./coding.js";
import { h, icon } from "./dom.js";
import { drawMap } from "./map.js";
import { bar, screen } from "./parts.js";
import { dayOf, num, speech, t } from "./words.js";

const FIRST_ROWS = 12;
const MORE_ROWS = 60;
const EVERY_MS = 1500;

export const address = (order) => [order.name, order.address].filter(Boolean).join(", ") || `…${order.idpel}`;
export const numbers = (order) =>
  [order.idpel && `IDPEL …${order.idpel}`, order.meter && `${t("meter")} …${order.meter}`].filter(Boolean).join(", ");

export async function walkScreen(app, listId) {
  const bundle = await app.open(listId);
  if (!bundle) {
    app.go("daftar");
    return null;
  }
  app.store.put("keep", { list_id: listId, day: day(new Date()) }, "last").catch(() => {});
  const answered = await app.queue.answered();
  const elsewhere = new Set(bundle.done);
  const state = (order) => {
    const mine = answered.get(order.id);
    if (mine) return mine.closes ? "done" : "repeat";
    return elsewhere.has(order.id) ? "by_other" : "";
  };
  const next = bundle.orders.find((order) => !state(order));
  const done = bundle.orders.filter((order) => ["done", "by_other"].includes(state(order))).length;

  const canvas = h("canvas", { class: "map", role: "img", "aria-label": t("map_alt") });
  const nextCard = next ? nextPart(app, next) : null;
  const rows = h("ol", { class: "rows" });
  const distances = new Map();
  const fill = (from, count) => {
    for (const order of bundle.orders.slice(from, from + count)) rows.append(row(order, state(order), listId, distances));
  };
  fill(0, FIRST_ROWS);
  let filled = FIRST_ROWS;
  let idle = null;
  const more = () => {
    fill(filled, MORE_ROWS);
    filled += MORE_ROWS;
    place(true);
    if (filled < bundle.orders.length) idle = setTimeout(more, 30);
  };
  if (filled < bundle.orders.length) idle = setTimeout(more, 60);

  let last = 0;
  const place = (all = false) => {
    const { last: here } = app.here;
    if (nextCard) nextCard.update(app.here);
    if (!all && Date.now() - last < EVERY_MS) return;
    last = Date.now();
    for (const [order, where] of distances) where.textContent = here && order.lon !== undefined ? told(away(here, order), speech.lang) : order.lon === undefined ? t("no_place") : "";
    const at = next?.lon !== undefined ? next : here || bundle.orders.find((o) => o.lon !== undefined);
    drawMap(canvas, bundle, { at, here, next, state });
  };
  // An order was taken back or the list changed while it was walked.
  app.onLists = () => !app.bundle && app.draw();
  const hear = () => place();
  app.here.heard.add(hear);
  requestAnimationFrame(() => place(true));
  app.leave = () => {
    app.here.heard.delete(hear);
    app.onLists = null;
    clearTimeout(idle);
  };

  const body = [
    bundle.sample ? h("span", { class: "sample" }, t("sample")) : null, canvas,
    next ? nextCard.made : h("p", { class: "note ok" }, t("all_done")),
    conductPart(app, bundle, answered.size === 0), rows,
    bundle.cut?.around || bundle.cut?.streets ? h("p", { class: "sec small" }, t("cut")) : null,
  ];
  const foot = [
    h("a", { class: "big", href: `#cari/${listId}` }, icon("search"), t("find")),
    next ? h("a", { class: "big p grow", href: `#kunjungan/${listId}/${next.id}` }, t("visit_this")) : null,
  ];
  return screen(bar(bundle.title, { back: "#daftar", more: h("span", { class: "count" }, `${num(done)} / ${num(bundle.orders.length)}`) }), body, foot);
}

// The next house: arrow, metres, address, and the way there in another app.
function nextPart(app, order) {
  // Some phones give their compass only after a tap.
  const ask = window.DeviceOrientationEvent?.requestPermission;
  const arrow = ask
    ? h("button", { class: "arrow", "aria-label": t("compass"), onclick: () => ask.call(window.DeviceOrientationEvent).catch(() => {}) }, icon("way"))
    : h("span", { class: "arrow" }, icon("way"));
  const far = h("b", { class: "far" });
  const hint = h("p", { class: "sec small" });
  const made = h("section", { class: "next", "aria-label": t("next", { n: order.stop }) },
    h("div", { class: "point" }, arrow, h("div", {}, far, h("div", { class: "sec" }, t("next", { n: order.stop }))),
      order.lon === undefined ? null : h("a", { class: "big side", href: `geo:${order.lat},${order.lon}?q=${order.lat},${order.lon}` }, icon("pin"), t("navigate"))),
    hint, h("h2", {}, address(order)), h("p", { class: "sec" }, numbers(order)));
  const update = (here) => {
    const known = here.last && order.lon !== undefined;
    far.textContent = known ? told(away(here.last, order), speech.lang) : "–";
    arrow.hidden = !known;
    if (known) arrow.firstChild.style.transform = `rotate(${bearing(here.last, order) - (here.heading || 0)}deg)`;
    hint.textContent = order.lon === undefined ? t("no_place") : here.fault === 1 ? t("gps_refused") : !here.last ? t("waiting_fix") : here.heading === null ? t("north") : "";
  };
  update(app.here);
  return { made, update };
}

function row(order, state, listId, distances) {
  const where = h("b", { class: "far" });
  distances.set(order, where);
  const facts = [numbers(order), t(`visit.reason.${order.reason}`), order.due ? t("due", { day: dayOf(order.due) }) : null];
  return h("li", { class: state }, h("a", { href: `#kunjungan/${listId}/${order.id}` },
    h("span", { class: "ring" }, state === "done" || state === "by_other" ? icon("tick") : String(order.stop)),
    h("span", { class: "what" }, h("b", {}, address(order)), h("span", { class: "sec" }, facts.filter(Boolean).join(", ")), state ? h("span", { class: "state" }, t(state)) : null),
    where));
}

// SOP I, on the work sheet; ticked for the day, on this phone only.
function conductPart(app, bundle, first) {
  const codes = bundle.form?.conduct || [];
  if (!codes.length) return null;
  const today = day(new Date());
  const made = h("details", { class: "fold" }, h("summary", {}, t("conduct")));
  const list = h("div", { class: "checks" });
  made.append(list);
  app.store.get("keep", "conduct").then((kept) => {
    const ticked = new Set(kept?.day === today ? kept.ticked : []);
    made.open = first && ticked.size < codes.length;
    for (const code of codes) {
      list.append(h("label", { class: "check" }, h("input", { type: "checkbox", checked: ticked.has(code), onchange: (event) => {
        ticked[event.target.checked ? "add" : "delete"](code);
        app.store.put("keep", { day: today, ticked: [...ticked] }, "conduct").catch(() => {});
        if (ticked.size === codes.length) made.open = false;
      } }), t(`visit.conduct.${code}`)));
    }
  });
  return made;
}
