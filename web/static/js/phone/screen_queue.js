// The queue, always within reach: what waits and why, proof of what was sent, the last rescue.

import { h, icon } from "./dom.js";
import { bar, exportQueue, screen, tell } from "./parts.js";
import { clock, num, size, speech, t } from "./words.js";

const SHOWN = 100;

export async function queueScreen(app) {
  const records = await app.queue.records();
  const rows = [];
  for (const record of records.slice(0, SHOWN)) rows.push(row(app, record, await app.queue.visit(record)));
  const hear = () => {
    clearTimeout(app.queueTimer);
    app.queueTimer = setTimeout(() => location.hash === "#antrean" && app.draw(), 400);
  };
  app.queue.heard.add(hear);
  app.leave = () => app.queue.heard.delete(hear);
  const told = h("p", { class: "sec", role: "status" });
  const { usage, quota } = (await navigator.storage?.estimate?.().catch(() => null)) || {};
  const body = [
    rows.length ? h("ul", { class: "rows waits" }, rows) : null,
    told, h("p", { class: "sec" }, await app.sync.lastSent()),
    h("div", { class: "stack" },
      h("button", { class: "big", onclick: () => share(app, told) }, t("share")),
      h("button", { class: "big", onclick: async () => {
        const { name, count } = await exportQueue(app);
        told.textContent = t("exported", { n: num(count), name });
      } }, t("export")),
      h("button", { class: "big", onclick: () => signOut(app) }, t("sign_out"))),
    h("p", { class: "sec small" }, t("sign_out_why")),
    quota ? h("p", { class: "sec small" }, `${t("storage")}: ${t("storage_used", { used: size(usage), quota: size(quota) })}. ${t((await app.store.get("keep", "persisted")) ? "persist_yes" : "persist_no")}`) : null,
    h("p", { class: "small" }, h("a", { href: "/hp" }, t("check"))),
  ];
  return screen(bar(t("queue"), { back: "#daftar" }), body,
    h("button", { class: "big p", onclick: () => app.sync.run({ again: true }) }, icon("up"), t("send_now")));
}

function row(app, record, visit) {
  const left = record.missing?.length;
  const state = app.queue.memory.includes(record) ? t("only_memory")
    : record.refused ? t("refused", { why: record.refused[speech.lang === "id" ? 0 : 1] })
    : left ? t("photos_left", { n: num(left) }) : t("waits");
  const order = app.bundle?.orders.find((o) => o.id === visit.order_id);
  const what = [order ? t("on_list", { n: order.stop }) : null, t(`visit.${visit.job}.outcome.${visit.outcome}`)].filter(Boolean).join(", ");
  return h("li", { class: record.refused ? "bad" : "" }, h("span", { class: "what" }, h("b", {}, what), h("span", { class: "sec" }, `${clock(record.at)}, ${state}`)));
}

export async function proof(app) {
  const { sent, total } = await app.queue.counts();
  return t("proof", { sent: num(sent), total: num(total), at: clock(Date.now()), ulp: app.ulp, who: app.who.login });
}

async function share(app, told) {
  const words = await proof(app);
  try {
    if (navigator.share) await navigator.share({ text: words });
    else {
      await navigator.clipboard.writeText(words);
      told.textContent = `${words}. ${t("copied")}`;
    }
  } catch {
    told.textContent = words; // it can be read out or marked by hand
  }
}

// An officer leaves only with an empty queue: nobody else could send it.
async function signOut(app) {
  const { waiting } = await app.queue.counts();
  if (waiting) return tell(app, t("sign_out_no", { n: num(waiting) }), "bad");
  await fetch("/keluar", { method: "POST", redirect: "manual", headers: { "X-CSRFToken": app.wire.csrf } }).catch(() => {});
  await app.store.wipe();
  location.hash = "";
  return location.reload();
}
