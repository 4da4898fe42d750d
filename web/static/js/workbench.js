// The planner's workbench: choose by click, lasso, list or text; move, reorder, undo. The server
// holds every edit; each names the revision it saw, and is refused if somebody was quicker.
(() => {
  "use strict";
  const root = document.querySelector("[data-bench]");
  if (!root) return;
  const $ = (id) => document.getElementById(id);
  const words = JSON.parse($("bench-words").textContent);
  const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, k) => values[k]);
  const edits = root.dataset.edits === "1";
  const state = { revision: Number(root.dataset.revision), open: [], chosen: new Set(), shown: "", today: {}, undo: Number(root.dataset.undo), redo: Number(root.dataset.redo) };
  const el = (tag, name, text) => { const made = document.createElement(tag); if (name) made.className = name; if (text !== undefined) made.textContent = text; return made; };
  const COLOURS = ["rbm-1", "rbm-5", "rbm-3", "rbm-7"];
  const css = getComputedStyle(document.documentElement);
  const ink = (name) => css.getPropertyValue(`--${name}`).trim();

  // --- what is said
  const told = $("told");
  const say = (text, kind = "ok", since = null) => {
    told.hidden = false;
    told.className = `note ${kind}`;
    told.replaceChildren(document.createTextNode(text));
    if (since) {
      const again = el("button", "btn sm", words.stale);
      again.type = "button";
      again.addEventListener("click", () => window.location.reload());
      told.append(again);
      const list = el("ul");
      for (const c of since.slice(-5)) list.append(el("li", "", `${c.at}, ${c.who}: ${c.words}`));
      told.append(list);
    }
  };

  // --- talk with the server
  let busy = Promise.resolve();
  const ask = (url, options = {}) => fetch(url, { headers: { Accept: "application/json", "X-CSRFToken": root.dataset.token, ...(options.headers || {}) }, ...options, ...(options.headers ? { headers: { Accept: "application/json", "X-CSRFToken": root.dataset.token, ...options.headers } } : {}) });
  const post = (url, body) => ask(url, { method: "POST", body: JSON.stringify(body), headers: { "Content-Type": "application/json", "If-Match": `"${state.revision}"` } });
  // One edit after the other: the second names the revision that the first made.
  const command = (body) => { busy = busy.then(() => one(body)); return busy; };
  const one = async (body) => {
    const begun = performance.now();
    const answer = await post(root.dataset.command, { ...body, buka: state.open.map((o) => o.rbm) }).catch(() => null);
    const found = answer ? await answer.json().catch(() => null) : null;
    if (!found) { say(words.failed, "bad"); return false; }
    if (answer.status === 409 && found.since) { say(found.error, "warn", found.since); return false; }
    if (!answer.ok) { say(found.error || words.failed, "bad"); draw(); return false; }
    take(found);
    say(found.words);
    root.dataset.took = String(Math.round(performance.now() - begun));
    for (const r of found.rbms) row(r);
    draw();
    root.dataset.done = String(state.revision);
    return true;
  };
  const take = (found) => {
    state.revision = found.revision;
    state.undo = found.undo;
    state.redo = found.redo;
    state.open = found.open;
    for (const field of document.querySelectorAll("[data-rev]")) field.value = String(found.revision);
  };
  const past = () => $("lalu").getAttribute("aria-pressed") === "true";
  const load = async (rbms, fit) => {
    const query = new URLSearchParams(rbms.map((r) => ["rbm", r]));
    query.append("jalan", "1");
    if (past()) query.append("lalu", "1");
    const answer = await ask(`${root.dataset.content}?${query}`).catch(() => null);
    if (!answer || !answer.ok) { say(words.failed, "bad"); return; }
    const found = await answer.json();
    take(found);
    if (!state.open.some((o) => o.rbm === state.shown)) state.shown = state.open.length ? state.open[state.open.length - 1].rbm : "";
    streets(found.streets || []);
    state.today = found.today || {};
    draw(fit);
  };

  // --- the table of RBM
  const table = $("rbms");
  const rows = () => [...table.rows];
  const row = (r) => {
    let tr = rows().find((x) => x.dataset.rbm === r.rbm);
    if (!tr) { window.location.reload(); return; }
    tr.dataset.changed = "";
    for (const k of ["customers", "minutes", "km"]) {
      const cell = tr.querySelector(`[data-k=${k}]`);
      const old = cell.querySelector("small") || el("small", "", `${cell.querySelector("b").textContent} →`);
      cell.replaceChildren(old, document.createTextNode(" "), el("b", "", r[k]));
    }
    const marks = tr.querySelector(".marks");
    for (const tag of [...marks.children]) if (!("lock" in tag.dataset)) tag.remove();
    for (const f of r.findings) marks.append(el("span", "tag warn", f));
  };
  const filter = () => {
    const only = $("only").checked;
    const text = $("cari-rbm").value.trim().toUpperCase();
    let n = 0;
    for (const tr of rows()) {
      const isOpen = state.open.some((o) => o.rbm === tr.dataset.rbm);
      const there = isOpen || (text ? tr.dataset.rbm.toUpperCase().includes(text) : !only || "changed" in tr.dataset);
      tr.hidden = !there;
      n += there;
    }
    $("none").hidden = n > 0;
  };
  $("only").addEventListener("change", filter);
  $("cari-rbm").addEventListener("input", filter);
  table.addEventListener("click", (event) => {
    const button = event.target.closest("[data-open]");
    if (!button) return;
    const rbm = button.closest("tr").dataset.rbm;
    const names = state.open.map((o) => o.rbm);
    if (names.includes(rbm)) { load(names.filter((n) => n !== rbm), true); return; }
    if (names.length >= 4) { say(words.four, "warn"); return; }
    state.shown = rbm;
    load([...names, rbm], true);
  });

  // --- the map
  const map = typeof map_kanvas === "undefined" ? null : map_kanvas;
  const layers = map ? { streets: L.layerGroup().addTo(map), walks: L.layerGroup().addTo(map), marks: L.layerGroup().addTo(map), lasso: L.layerGroup().addTo(map) } : null;
  const renderer = map ? L.canvas({ padding: 0.4, tolerance: 6 }) : null;
  if (map) { map.options.zoomSnap = 0.25; map.doubleClickZoom.disable(); }
  $("lalu").addEventListener("click", () => {
    $("lalu").setAttribute("aria-pressed", String(!past()));
    load(state.open.map((o) => o.rbm));
  });
  $("zin").addEventListener("click", () => map && map.zoomIn());
  $("zout").addEventListener("click", () => map && map.zoomOut());
  const streets = (lines) => {
    if (!map) return;
    layers.streets.clearLayers();
    const all = lines.map((line) => line.map(([x, y]) => [y, x]));
    L.polyline(all, { renderer, interactive: false, color: ink("map-casing"), weight: 7 }).addTo(layers.streets);
    L.polyline(all, { renderer, interactive: false, color: ink("map-street"), weight: 5 }).addTo(layers.streets);
  };
  const paint = (fit) => {
    if (!map) return;
    $("hint").hidden = state.open.length > 0;
    layers.walks.clearLayers();
    layers.marks.clearLayers();
    const box = [];
    state.open.forEach((o, n) => {
      const colour = ink(COLOURS[n]);
      const there = o.stops.filter((s) => s[4] !== null);
      const line = there.map((s) => [s[5], s[4]]);
      box.push(...line);
      const before = (state.today[o.rbm] || []).map(([x, y]) => [y, x]);
      if (before.length) L.polyline(before, { renderer, interactive: false, color: colour, opacity: 0.75, weight: 1.6, dashArray: "3 6" }).addTo(layers.walks);
      L.polyline(line, { renderer, interactive: false, color: ink("map-halo"), weight: 4.6 }).addTo(layers.walks);
      L.polyline(line, { renderer, interactive: false, color: colour, weight: 2.2 }).addTo(layers.walks);
      there.forEach((s, k) => {
        const on = state.chosen.has(s[0]);
        const mark = L.circleMarker([s[5], s[4]], { renderer, radius: on ? 8 : k === 0 ? 7 : 5, color: on ? ink("focus") : ink("map-halo"), weight: on ? 3 : 1.5, fillColor: colour, fillOpacity: 1 });
        mark.on("click", () => { if (!lasso.on) toggle(s[0]); });
        mark.bindTooltip(`${o.rbm} ${k + 1}`, { direction: "top" });
        mark.addTo(layers.marks);
      });
    });
    if (fit && box.length) map.fitBounds(L.latLngBounds(box), { padding: [30, 30], animate: false });
    root.dataset.drawn = String(box.length);
  };

  // --- choosing
  const toggle = (id) => { if (!edits) return; if (state.chosen.has(id)) state.chosen.delete(id); else state.chosen.add(id); draw(); };
  const lasso = { on: false, points: null };
  if (edits && map) {
    const box = map.getContainer();
    const spot = (event) => { const edge = box.getBoundingClientRect(); return L.point(event.clientX - edge.left, event.clientY - edge.top); };
    $("lasso").addEventListener("click", () => {
      lasso.on = !lasso.on;
      $("lasso").setAttribute("aria-pressed", String(lasso.on));
      box.parentElement.classList.toggle("lasso", lasso.on);
      map.dragging[lasso.on ? "disable" : "enable"]();
    });
    box.addEventListener("pointerdown", (event) => {
      if (!lasso.on || event.button !== 0 || !event.isPrimary) return;
      lasso.points = [spot(event)];
      box.setPointerCapture(event.pointerId);
    });
    box.addEventListener("pointermove", (event) => {
      if (!lasso.points) return;
      const at = spot(event);
      if (at.distanceTo(lasso.points[lasso.points.length - 1]) < 3) return;
      lasso.points.push(at);
      layers.lasso.clearLayers();
      L.polygon(lasso.points.map((p) => map.containerPointToLatLng(p)), { interactive: false, color: ink("focus"), weight: 2.4, fillOpacity: 0.12 }).addTo(layers.lasso);
    });
    const end = () => {
      const ring = lasso.points;
      lasso.points = null;
      layers.lasso.clearLayers();
      if (!ring || ring.length < 4) return;
      for (const o of state.open) for (const s of o.stops) if (s[4] !== null && inside(map.latLngToContainerPoint([s[5], s[4]]), ring)) state.chosen.add(s[0]);
      draw();
    };
    box.addEventListener("pointerup", end);
    box.addEventListener("pointercancel", end);
  }
  const inside = (p, ring) => {
    let odd = false;
    for (let i = 0, j = ring.length - 1; i < ring.length; j = i, i += 1) {
      const [a, b] = [ring[i], ring[j]];
      if (a.y > p.y !== b.y > p.y && p.x < ((b.x - a.x) * (p.y - a.y)) / (b.y - a.y) + a.x) odd = !odd;
    }
    return odd;
  };

  // --- the list in walking order: a tick, a number, arrows, a grip
  const list = $("walk");
  const shownRbm = () => state.open.find((o) => o.rbm === state.shown);
  const grouped = (i) => i.replace(/(\d{4})(?=\d)/g, "$1 ");
  const kddk = (s) => `${String(s[2]).padStart(3, "0")}/${String(s[3]).padStart(2, "0")}`;
  let focusId = "";
  const walk = () => {
    const it = shownRbm();
    $("urutan").hidden = !it;
    if (!it) { list.replaceChildren(); return; }
    $("walk-title").textContent = `RBM ${it.rbm}`;
    $("lihat").replaceChildren(...state.open.map((o) => { const made = el("option", "", o.rbm); made.selected = o.rbm === it.rbm; return made; }));
    $("split").href = `${$("split").dataset.base}?rbm=${encodeURIComponent(it.rbm)}#pratinjau`;
    $("shot").href = `${$("shot").dataset.base}${encodeURIComponent(it.rbm)}.png`;
    if (edits) {
      const whole = it.stops.length > 0 && it.stops.every((s) => state.chosen.has(s[0]));
      $("all").textContent = fill(whole ? words.none : words.all, { n: it.stops.length });
      $("all").disabled = it.stops.length === 0;
      $("drop").hidden = it.stops.length > 0;
      $("lock").textContent = it.locked ? words.unlock : words.lock;
      $("one-rbm").value = it.rbm;
    }
    const keep = list.scrollTop;
    list.replaceChildren(...it.stops.map((s, n) => {
      const li = el("li", state.chosen.has(s[0]) ? "on" : "");
      li.dataset.id = s[0];
      const grip = el("span", "grip", edits && !it.locked ? "⠿" : "");
      grip.title = words.drag;
      const tick = el("input");
      tick.type = "checkbox"; tick.checked = state.chosen.has(s[0]); tick.disabled = !edits;
      tick.setAttribute("aria-label", `${words.choose} ${grouped(s[1])}`);
      const number = el("input");
      number.type = "number"; number.min = "1"; number.max = String(it.stops.length); number.value = String(n + 1);
      number.disabled = !edits || it.locked;
      number.setAttribute("aria-label", `${grouped(s[1])}, ${words.number}`);
      const ends = el("span", "ends");
      for (const [sign, name, to] of [["↑", words.up, n], ["↓", words.downw, n + 2]]) {
        const b = el("button", "btn sm", sign);
        b.type = "button"; b.dataset.to = String(to); b.setAttribute("aria-label", name);
        b.disabled = !edits || it.locked || to < 1 || to > it.stops.length;
        ends.append(b);
      }
      li.append(grip, tick, number, el("span", "kddk", kddk(s)), el("span", "", grouped(s[1]) + (s[4] === null ? ` · ${words.without}` : "") + (s[7] ? ` · ${words.pinned}` : "")), el("span", "gardu s sec", s[6]), ends);
      return li;
    }));
    list.scrollTop = keep;
    if (focusId) {
      const back = list.querySelector(`[data-id="${focusId}"] input[type=number]`);
      if (back) back.focus();
      focusId = "";
    }
  };
  const renumber = (id, to, focus) => {
    const it = shownRbm();
    const now = it.stops.findIndex((s) => s[0] === id) + 1;
    if (!(to >= 1) || to === now) { walk(); return; }
    focusId = focus ? id : "";
    command({ aksi: "nomor", id, nomor: Math.min(to, it.stops.length) });
  };
  list.addEventListener("change", (event) => {
    const li = event.target.closest("li");
    if (event.target.type === "checkbox") toggle(li.dataset.id);
    else renumber(li.dataset.id, Math.round(Number(event.target.value)), true);
  });
  list.addEventListener("click", (event) => {
    const b = event.target.closest("[data-to]");
    if (b) renumber(b.closest("li").dataset.id, Number(b.dataset.to), true);
  });
  list.addEventListener("keydown", (event) => {
    if (!event.altKey || !["ArrowUp", "ArrowDown"].includes(event.key)) return;
    const li = event.target.closest("li");
    if (!li || !edits) return;
    event.preventDefault();
    renumber(li.dataset.id, [...list.children].indexOf(li) + 1 + (event.key === "ArrowUp" ? -1 : 1), true);
  });
  // Dragging by pointer, so that a finger can do it as well.
  let drag = null;
  list.addEventListener("pointerdown", (event) => {
    if (!event.target.classList.contains("grip") || !event.target.textContent) return;
    event.preventDefault();
    drag = { id: event.target.closest("li").dataset.id, over: null };
    list.setPointerCapture(event.pointerId);
  });
  list.addEventListener("pointermove", (event) => {
    if (!drag) return;
    const edge = list.getBoundingClientRect();
    if (event.clientY < edge.top + 30) list.scrollTop -= 12;
    if (event.clientY > edge.bottom - 30) list.scrollTop += 12;
    const li = document.elementFromPoint(event.clientX, event.clientY)?.closest("#walk li");
    drag.over?.classList.remove("over", "under");
    drag.over = li || null;
    if (!li) return;
    const at = li.getBoundingClientRect();
    drag.below = event.clientY > at.top + at.height / 2;
    li.classList.add(drag.below ? "under" : "over");
  });
  const drop = () => {
    if (!drag) return;
    const { id, over, below } = drag;
    drag = null;
    over?.classList.remove("over", "under");
    if (!over || over.dataset.id === id) return;
    const all = [...list.children];
    const [from, to] = [all.findIndex((li) => li.dataset.id === id), all.indexOf(over)];
    renumber(id, to + 1 + (below ? 1 : 0) - (from < to ? 1 : 0), false);
  };
  list.addEventListener("pointerup", drop);
  list.addEventListener("pointercancel", () => { drag?.over?.classList.remove("over", "under"); drag = null; });
  $("lihat").addEventListener("change", (event) => { state.shown = event.target.value; walk(); });

  // --- everything anew
  const draw = (fit = false) => {
    paint(fit);
    for (const tr of rows()) {
      const on = state.open.findIndex((o) => o.rbm === tr.dataset.rbm);
      tr.classList.toggle("on", on >= 0);
      tr.querySelector("[data-open]").setAttribute("aria-pressed", String(on >= 0));
      if (on < 0) continue;
      let tag = tr.querySelector("[data-lock]");
      if (state.open[on].locked && !tag) { tag = el("span", "tag", words.locked); tag.dataset.lock = ""; tr.querySelector(".marks").append(tag); }
      if (!state.open[on].locked && tag) tag.remove();
    }
    $("opened").replaceChildren(...state.open.map((o, n) => {
      const chip = el("span", "chip");
      chip.append(el("span", `dot-c c${n}`), document.createTextNode(`${o.rbm} (${o.stops.length})`));
      return chip;
    }));
    filter();
    walk();
    if (!edits) return;
    const n = state.chosen.size;
    $("count").textContent = fill(words.picked, { n });
    $("go").textContent = fill(words.move, { n });
    $("go").disabled = n === 0;
    const held = state.open.flatMap((o) => o.stops).filter((s) => s[7] && state.chosen.has(s[0])).length;
    $("pin").textContent = fill(words.pin, { n: n - held });
    $("pin").disabled = n - held === 0;
    $("unpin").textContent = fill(words.unpin, { n: held });
    $("unpin").hidden = held === 0;
    $("undo").disabled = state.undo === 0;
    $("redo").disabled = state.redo === 0;
  };
  if (edits) {
    $("move").addEventListener("submit", async (event) => {
      event.preventDefault();
      const done = await command({ aksi: "pindah", id: [...state.chosen], rbm: $("ke").value, cara: $("cara").value });
      if (done) { state.chosen.clear(); draw(); }
    });
    $("clear").addEventListener("click", () => { state.chosen.clear(); draw(); });
    $("undo").addEventListener("click", () => command({ aksi: "undo" }));
    $("redo").addEventListener("click", () => command({ aksi: "redo" }));
    $("all").addEventListener("click", () => {
      const it = shownRbm();
      const whole = it.stops.every((s) => state.chosen.has(s[0]));
      for (const s of it.stops) state.chosen[whole ? "delete" : "add"](s[0]);
      draw();
    });
    $("drop").addEventListener("click", async () => { if (await command({ aksi: "drop", rbm: state.shown })) window.location.reload(); });
    const pins = (aksi, held) => {
      const known = new Map(state.open.flatMap((o) => o.stops).map((s) => [s[0], Boolean(s[7])]));
      // Who was chosen from a text stands on an RBM that is not open: then the server knows.
      return command({ aksi, id: [...state.chosen].filter((id) => !known.has(id) || known.get(id) === held) });
    };
    $("pin").addEventListener("click", () => pins("pin", false));
    $("unpin").addEventListener("click", () => pins("unpin", true));
    $("lock").addEventListener("click", () => { const it = shownRbm(); command({ aksi: it.locked ? "unlock" : "lock", rbm: it.rbm }); });
    $("rename").addEventListener("click", async () => {
      const ke = window.prompt(fill(words.rename, { r: state.shown }), state.shown);
      if (ke && ke !== state.shown && await command({ aksi: "rename", rbm: state.shown, ke })) window.location.reload();
    });
    $("new").addEventListener("submit", async (event) => {
      event.preventDefault();
      if (await command({ aksi: "new", rbm: $("kode").value })) window.location.reload();
    });
    document.addEventListener("keydown", (event) => {
      if (!(event.ctrlKey || event.metaKey) || event.target.closest("input:not([type=checkbox]),textarea,select")) return;
      const key = event.key.toLowerCase();
      if (key === "z" && !event.shiftKey) { event.preventDefault(); if (state.undo) command({ aksi: "undo" }); }
      else if (key === "y" || (key === "z" && event.shiftKey)) { event.preventDefault(); if (state.redo) command({ aksi: "redo" }); }
    });
    $("read").addEventListener("click", async () => {
      const answer = await post(root.dataset.pick, { teks: $("teks").value }).catch(() => null);
      const found = answer && answer.ok ? await answer.json() : null;
      if (!found) { say(words.failed, "bad"); return; }
      for (const r of found.rows) state.chosen.add(r.id);
      const list12 = found.unknown.slice(0, 30).map(grouped).join(", ");
      $("unknown").textContent = fill(words.pasted, { n: found.rows.length }) + (found.unknown.length ? `. ${fill(words.unknown, { n: found.unknown.length, l: list12 })}` : "");
      draw();
    });
  }
  draw();
  root.dataset.ready = "1";
})();
