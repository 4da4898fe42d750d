// Two states of the routes on one map: every changed customer as a dot; of a chosen RBM both walks,
// before as a dashed line, after as a whole one, and what becomes of each stop.
(() => {
  "use strict";
  const root = document.querySelector("[data-two]");
  if (!root || typeof map_kanvas === "undefined") return;
  const map = map_kanvas;
  const $ = (id) => document.getElementById(id);
  const css = getComputedStyle(document.documentElement);
  const ink = (name) => css.getPropertyValue(`--${name}`).trim();
  const all = JSON.parse($("two-dots").textContent);
  const COLOURS = ["rbm-1", "rbm-5", "rbm-3", "rbm-7"];
  const FILL = { moved: "rbm-5", number: "ink-3", added: "rbm-3", gone: "rbm-6", stays: "rbm-1" };
  const layers = { streets: L.layerGroup().addTo(map), walks: L.layerGroup().addTo(map), marks: L.layerGroup().addTo(map) };
  const renderer = L.canvas({ padding: 0.4, tolerance: 6 });
  const state = { open: [], walks: [] };
  map.options.zoomSnap = 0.25;
  const shown = (id) => $(id).getAttribute("aria-pressed") === "true";

  const dot = (x, y, kind, text) => {
    const hollow = kind === "gone";
    const mark = L.circleMarker([y, x], { renderer, radius: kind === "number" || kind === "stays" ? 3.5 : hollow ? 4 : 5.5, color: hollow ? ink(FILL.gone) : ink("map-halo"), weight: hollow ? 1.6 : 1.2, fillColor: hollow ? ink("map-halo") : ink(FILL[kind]), fillOpacity: 1 });
    mark.bindTooltip(text, { direction: "top" });
    mark.addTo(layers.marks);
  };
  const line = (stops, style) => {
    const at = stops.map(([x, y]) => [y, x]);
    L.polyline(at, { renderer, interactive: false, color: ink("map-halo"), weight: style.weight + 2.6 }).addTo(layers.walks);
    L.polyline(at, { renderer, interactive: false, ...style }).addTo(layers.walks);
  };
  const paint = (fit) => {
    layers.walks.clearLayers();
    layers.marks.clearLayers();
    const box = [];
    const [before, after] = [shown("both"), shown("next")];
    if (!state.walks.length) {
      for (const [x, y, kind, a, b] of all.dots || []) {
        if ((kind === "gone" && !before) || (kind === "added" && !after)) continue;
        dot(x, y, kind, a && b && a !== b ? `${a} → ${b}` : a || b);
        box.push([y, x]);
      }
    }
    state.walks.forEach((w, n) => {
      const colour = ink(COLOURS[n]);
      if (before) line(w.before, { color: colour, weight: 1.8, dashArray: "3 6" });
      if (after) line(w.after, { color: colour, weight: 2.4 });
      if (before) for (const [x, y, k, kind, other] of w.before) {
        box.push([y, x]);
        if (kind === "gone" || kind === "moved") dot(x, y, "gone", `${w.rbm} ${k} → ${other || "–"}`);
      }
      if (after) for (const [x, y, k, kind, other] of w.after) {
        box.push([y, x]);
        dot(x, y, kind, `${kind === "moved" ? `${other} → ` : ""}${w.rbm} ${k}`);
      }
    });
    if (fit && box.length) map.fitBounds(L.latLngBounds(box), { padding: [30, 30], animate: false });
    root.dataset.drawn = String(box.length);
  };
  const streets = (lines) => {
    layers.streets.clearLayers();
    const at = lines.map((one) => one.map(([x, y]) => [y, x]));
    L.polyline(at, { renderer, interactive: false, color: ink("map-casing"), weight: 7 }).addTo(layers.streets);
    L.polyline(at, { renderer, interactive: false, color: ink("map-street"), weight: 5 }).addTo(layers.streets);
  };
  const load = async () => {
    const url = new URL(root.dataset.walks, window.location.href);
    for (const rbm of state.open) url.searchParams.append("rbm", rbm);
    const answer = await fetch(url, { headers: { Accept: "application/json" } }).catch(() => null);
    if (!answer || !answer.ok) return;
    const found = await answer.json();
    state.walks = found.rbm;
    streets(found.streets);
    for (const tr of $("rbms").rows) {
      const n = state.open.indexOf(tr.dataset.rbm);
      tr.classList.toggle("on", n >= 0);
      tr.querySelector("[data-open]").setAttribute("aria-pressed", String(n >= 0));
    }
    $("opened").replaceChildren(...state.open.map((rbm, n) => {
      const chip = document.createElement("span");
      chip.className = "chip";
      const sign = document.createElement("span");
      sign.className = `dot-c c${n}`;
      chip.append(sign, document.createTextNode(rbm));
      return chip;
    }));
    paint(true);
  };
  $("rbms").addEventListener("click", (event) => {
    const button = event.target.closest("[data-open]");
    if (!button) return;
    const { rbm } = button.closest("tr").dataset;
    state.open = state.open.includes(rbm) ? state.open.filter((r) => r !== rbm) : [...state.open.slice(-3), rbm];
    load();
  });
  for (const id of ["both", "next"]) {
    $(id).addEventListener("click", () => { $(id).setAttribute("aria-pressed", String(!shown(id))); paint(false); });
  }
  $("zin").addEventListener("click", () => map.zoomIn());
  $("zout").addEventListener("click", () => map.zoomOut());
  paint(true);
  root.dataset.ready = "1";
})();
