// One visit, drawn from the form of its job. The usual outcome is one tap here when nothing else
// must be said; saving never waits for a place.

import { moment, uuid } from "./coding.js";
import { Fixes } from "./geo.js";
import { h, icon } from "./dom.js";
import { labelOf, part } from "./fields.js";
import { always, asked, closes, faults, kept, must, usual } from "./form.js";
import { bar, screen, tell } from "./parts.js";
import { plausible } from "./stand.js";
import { address, numbers } from "./screen_walk.js";
import { num, speech, t } from "./words.js";

const ROUGH_M = 20;
const FRESH_MS = 30_000;

// `target`: an order's id, or "@" and the public id of a customer who is on no list.
export async function visitScreen(app, listId, target) {
  const bundle = await app.open(listId);
  const order = bundle && find(bundle, target);
  if (!order || !bundle.form) {
    app.go(bundle ? "jalan" : "daftar", listId);
    return null;
  }
  const draft = await app.kept("draft").catch(() => null);
  const mine = draft?.target === target && draft.list_id === listId;
  // The id is made before anything else is kept.
  const filled = mine ? draft : { client_id: uuid(), list_id: listId, target, outcome: null, values: {}, photos: {} };
  if (mine && (filled.outcome || Object.keys(filled.values).length || Object.keys(filled.photos).length)) tell(app, t("draft"));
  return new Visit(app, bundle, order, filled).draw();
}

function find(bundle, target) {
  if (!target?.startsWith("@")) return bundle.orders.find((o) => o.id === target);
  const known = (bundle.around || []).find(([customer]) => customer === target.slice(1));
  if (!known) return null;
  const [customer, idpel, meter, lon, lat] = known;
  return { id: null, customer, idpel, meter, lon, lat, content: {}, stop: null };
}

class Visit {
  constructor(app, bundle, order, filled) {
    Object.assign(this, { app, bundle, order, filled, form: bundle.form, fixes: new Fixes() });
    this.fields = h("div", { class: "fields" });
    this.said = h("div", { class: "lacks", role: "alert" });
    this.odd = h("div", { class: "odd", role: "status" });
    this.footer = h("div", { class: "save" });
    this.fixLine = h("div", { class: "fix" });
  }

  async draw() {
    const { app, order, bundle } = this;
    const before = order.id && (await app.queue.answered()).get(order.id);
    this.hear = () => this.located();
    app.here.heard.add(this.hear);
    const { last } = app.here;
    if (last && Date.now() - last.at < FRESH_MS) this.fixes.add(last);
    app.leave = () => {
      app.here.heard.delete(this.hear);
      clearTimeout(this.timer);
      if (!this.over) this.keepDraft();
    };
    this.outcomes = h("div", { class: "outcomes", role: "group", "aria-label": t("question") }, this.form.outcomes.map((one) => this.outcomeButton(one)));
    const title = order.id ? `${order.stop}, ${address(order)}` : t("off_list_visit");
    this.redraw();
    this.drawFix();
    const question = order.question ? order.question[speech.lang === "id" ? 0 : 1] : t("question");
    return screen(bar(title, { back: `#jalan/${bundle.list_id}` }), [
      bundle.sample ? h("span", { class: "sample" }, t("sample")) : null,
      before ? h("p", { class: "note" }, t("visited")) : null,
      h("h2", { class: "ask" }, question), this.facts(), this.outcomes, this.fields,
    ], [this.said, this.fixLine, this.footer]);
  }

  facts() {
    const { order } = this;
    const recorded = [order.recorded_gardu, order.recorded_tiang].filter(Boolean).join(", ");
    return h("p", { class: "sec" }, [numbers(order), recorded ? `${t("recorded")}: ${recorded}` : null, order.rbm].filter(Boolean).join(". "));
  }

  outcomeButton(one) {
    return h("button", { type: "button", class: `big outcome ${one.usual ? "usual" : ""}`, "data-outcome": one.code, "aria-pressed": String(this.filled.outcome === one.code), onclick: () => this.choose(one) },
      one.usual && this.form.outcomes[0] === one ? icon("tick") : null, t(`visit.${this.form.job}.outcome.${one.code}`));
  }

  choose(one) {
    this.filled.outcome = one.code;
    for (const b of this.outcomes.children) b.setAttribute("aria-pressed", String(b.dataset.outcome === one.code));
    this.redraw();
    this.changed();
    // Two taps from the list: a usual outcome that lacks nothing is saved as it is chosen.
    const wanting = faults(this.form, this.filled).length;
    if (usual(this.form, one.code) && !wanting && this.quiet()) this.save();
    else this.fields.firstElementChild?.scrollIntoView({ block: "start" });
  }

  // Nothing odd about a stand that the officer has not seen yet.
  quiet() {
    return !this.stand().marks.length;
  }

  stand() {
    const { stand_kwh, lbkb_code } = this.filled.values;
    if (this.form.job !== "pasca" || stand_kwh === undefined) return { kwh: null, marks: [] };
    return plausible(stand_kwh, this.order.content || {}, lbkb_code);
  }

  redraw() {
    const { outcome } = this.filled;
    const now = this.form.fields.filter((f) => f.kind !== "place" && (outcome ? asked(f, outcome) : always(f)));
    const needed = now.filter((f) => outcome && must(f, outcome));
    const rest = now.filter((f) => !needed.includes(f));
    const how = (field) => ({
      filled: this.filled, changed: () => this.changed(), needed: needed.includes(field), order: this.order, app: this.app,
      say: (words, kind) => tell(this.app, words, kind),
      wait: (work) => {
        this.busy = Promise.allSettled([this.busy, work]);
      },
    });
    const more = rest.map((f) => part(f, how(f)));
    this.fields.replaceChildren(...needed.map((f) => part(f, how(f))),
      ...(more.length ? [h("h2", {}, t("optional")), ...more] : []));
    // What is odd about a stand is said where it is typed.
    this.fields.querySelector('[data-field="stand_kwh"]')?.append(this.odd);
    this.drawOdd();
    this.footer.replaceChildren(outcome
      ? h("button", { type: "button", class: "big p", onclick: () => this.save() }, t("save"))
      : h("span", { class: "sec" }, t("choose_outcome")));
  }

  changed() {
    this.said.replaceChildren();
    this.drawOdd();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.keepDraft(), 250);
  }

  keepDraft() {
    return this.app.keep("draft", this.filled).catch(() => {});
  }

  drawOdd() {
    const { kwh, marks } = this.stand();
    this.odd.replaceChildren(...[
      kwh !== null ? h("p", { class: "sec" }, t("used", { n: num(kwh, 2) })) : null,
      marks.length ? h("p", { class: "note warn" }, t("look_again"), " ", marks.map((m) => t(`mark.${m}`)).join("; ")) : null,
    ].filter(Boolean));
  }

  located() {
    const { last } = this.app.here;
    if (last && last !== this.lastFix) this.fixes.add(last);
    this.lastFix = last;
    this.drawFix();
  }

  drawFix() {
    const place = this.fixes.place();
    const rough = place && place.accuracy_m > ROUGH_M;
    this.fixLine.replaceChildren(icon("pin"), h("span", { class: "grow" }, place ? t("accuracy", { n: num(place.accuracy_m), f: place.fixes }) : this.app.here.fault === 1 ? t("gps_refused") : t("fix_later")),
      place ? h("b", { class: rough ? "bad" : "good" }, t(rough ? "rough" : "good")) : "");
  }

  async save() {
    if (this.over) return;
    await this.busy;
    if (this.over) return;
    const lacking = faults(this.form, this.filled);
    if (lacking.length) {
      const name = (f) => `${labelOf(this.form.fields.find((x) => x.name === f.name))}: ${t(f.why)}`;
      this.said.replaceChildren(h("p", { class: "note bad" }, t("still", { names: lacking.map(name).join("; ") })));
      this.fields.querySelector(`[data-field="${CSS.escape(lacking[0].name)}"]`)?.scrollIntoView({ block: "center" });
      return;
    }
    this.over = true;
    clearTimeout(this.timer);
    const began = performance.now();
    const { app, order, filled } = this;
    const visit = {
      client_id: filled.client_id, order_id: order.id, customer: order.customer || null, job: this.form.job,
      outcome: filled.outcome, ...kept(this.form, filled), place: this.fixes.place(),
      device_at: moment(new Date()), device_id: app.device, officer: app.who.login,
    };
    let where;
    try {
      where = await app.queue.save(visit, closes(this.form, filled.outcome));
    } catch (fault) {
      // Nothing was kept: the screen stays, with all that was filled in.
      this.over = false;
      tell(app, String(fault), "bad");
      return;
    }
    performance.measure("simpan", { start: began, end: performance.now() });
    tell(app, t(where === "kept" ? "saved" : "save_failed"), where === "kept" ? "ok" : "bad");
    app.sync.soon(200);
    app.go("jalan", this.bundle.list_id);
  }
}
