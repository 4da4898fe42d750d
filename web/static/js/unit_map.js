// The map of a whole unit: vector tiles of counted cells (far) and customers (near), drawn on
// canvas. A tile holds numbers and codes of gardu; what the card says comes by the id of the
// customer that was clicked, and goes in by textContent.
import { VectorTile } from "@mapbox/vector-tile";
import { PbfReader } from "pbf";

const data = JSON.parse(document.getElementById("map-data").textContent);
const frame = document.querySelector("[data-unit-map]");
const map = window.map_kanvas;
const css = getComputedStyle(document.documentElement);
const ink = (name) => css.getPropertyValue(`--${name}`).trim();
const signs = rbmSigns(ink);
const lang = document.documentElement.lang || "id";
const count = (n) => n.toLocaleString(lang);
const note = document.getElementById("map-note");
const SIZE = 256;
const EXTENT = 4096;
const NEAR = 16; // from here on tiles hold customers, not cells
const DEEPEST = 20;

const el = (tag, name, words) => {
  const made = document.createElement(tag);
  if (name) made.className = name;
  if (words !== undefined) made.textContent = words;
  return made;
};

// --- what is shown: states that are not hidden, and what colours stand for
const hidden = new Set();
const off = new Set(); // layers that are switched off: base, street, jtr, gardu
let byRbm = false;
const visible = (state) => !hidden.has(state);

// --- tiles
const widths = (zoom, lat) => {
  const metres = (40075016.7 * Math.cos((lat * Math.PI) / 180)) / 2 ** (zoom + 8);
  return signs.WIDTHS.map((w) => Math.min(w.most, Math.max(w.least, w.m / metres)));
};
const path = (c, feature) => {
  c.beginPath();
  for (const part of feature.lines) {
    part.forEach((p, i) => (i ? c.lineTo(p.x, p.y) : c.moveTo(p.x, p.y)));
  }
};
const scaled = (feature) => feature.loadGeometry().map((part) => part.map((p) => ({ x: (p.x * SIZE) / EXTENT, y: (p.y * SIZE) / EXTENT })));
const each = (tile, name, make) => {
  const layer = tile.layers[name];
  if (!layer) return [];
  return Array.from({ length: layer.length }, (_, i) => make(layer.feature(i)));
};
const read = (bytes) => {
  const tile = new VectorTile(new PbfReader(bytes));
  return {
    street: each(tile, "street", (f) => ({ k: f.properties.k, lines: scaled(f) })),
    jtr: each(tile, "jtr", (f) => ({ lines: scaled(f) })),
    gardu: each(tile, "gardu", (f) => ({ code: f.properties.c, ...scaled(f)[0][0] })),
    cell: each(tile, "cell", (f) => ({ counts: data.states.map((_, i) => f.properties[`s${i}`] || 0), ...scaled(f)[0][0] })),
    customer: each(tile, "customer", (f) => ({ id: f.id, state: data.states[f.properties.s], rbm: f.properties.r, ...scaled(f)[0][0] })),
  };
};

const drawCell = (c, cell) => {
  const shown = cell.counts.map((n, i) => (visible(data.states[i]) ? n : 0));
  const all = shown.reduce((sum, n) => sum + n, 0);
  if (!all) return;
  const r = Math.min(9, 1.6 + 1.15 * Math.log2(all + 1));
  signs.disc(c, cell, r, ink("ink-3"), signs.halo, 1);
  const look = all - shown[data.states.indexOf("ok")] - shown[data.states.indexOf("unmatched")];
  if (!look) return;
  c.beginPath();
  c.moveTo(cell.x, cell.y);
  c.arc(cell.x, cell.y, r, -Math.PI / 2, -Math.PI / 2 + Math.max(0.5, (2 * Math.PI * look) / all));
  c.closePath();
  c.fillStyle = ink("bad");
  c.fill();
};
const drawCustomer = (c, one) => {
  if (!visible(one.state)) return;
  if (byRbm) signs.disc(c, one, one.state === "ok" ? 4 : 5, one.rbm ? ink(`rbm-${one.rbm}`) : signs.halo, signs.halo, 1);
  else signs.STATES[one.state](c, one);
};
// What lies in the tiles around and reaches over the edge of this one: else signs were cut off there.
const REACH = 12;
const beside = (coords, kind) => {
  const found = [];
  for (const dx of [-1, 0, 1]) {
    for (const dy of [-1, 0, 1]) {
      const held = dx || dy ? shownTiles.get(`${coords.x + dx}:${coords.y + dy}:${coords.z}`) : null;
      for (const one of (held && held.tile && held.tile[kind]) || []) {
        const at = { ...one, x: one.x + dx * SIZE, y: one.y + dy * SIZE };
        if (Math.min(at.x, at.y) > -REACH && Math.max(at.x, at.y) < SIZE + REACH) found.push(at);
      }
    }
  }
  return found;
};
const draw = (canvas, tile, coords) => {
  const c = canvas.getContext("2d");
  const dense = canvas.width / SIZE;
  c.setTransform(dense, 0, 0, dense, 0, 0);
  c.clearRect(0, 0, SIZE, SIZE);
  c.lineCap = c.lineJoin = "round";
  const wide = widths(coords.z, map.getCenter().lat);
  for (const edge of off.has("street") ? [] : [2, 0]) {
    for (const street of tile.street) {
      path(c, street);
      c.strokeStyle = ink(edge ? "map-casing" : "map-street");
      c.lineWidth = wide[street.k] + edge;
      c.stroke();
    }
  }
  for (const wire of off.has("jtr") ? [] : tile.jtr) {
    path(c, wire);
    c.strokeStyle = ink("map-jtr");
    c.lineWidth = 1.1;
    c.stroke();
  }
  [...tile.cell, ...beside(coords, "cell")].forEach((cell) => drawCell(c, cell));
  // Those who agree lie under those who do not.
  const agree = (one) => one.state === "ok" || one.state === "unmatched";
  const people = [...tile.customer, ...beside(coords, "customer")];
  people.filter(agree).forEach((one) => drawCustomer(c, one));
  people.filter((one) => !agree(one)).forEach((one) => drawCustomer(c, one));
};

const shownTiles = new Map();
const Tiles = L.GridLayer.extend({
  createTile(coords, done) {
    const canvas = el("canvas");
    const dense = Math.min(2, window.devicePixelRatio || 1);
    canvas.width = canvas.height = SIZE * dense;
    canvas.style.width = canvas.style.height = `${SIZE}px`;
    const stop = new AbortController();
    const held = { canvas, coords, stop, tile: null };
    shownTiles.set(this._tileCoordsToKey(coords), held);
    const address = data.tiles.replace("{z}", coords.z).replace("{x}", coords.x).replace("{y}", coords.y);
    fetch(address, { signal: stop.signal })
      .then((answer) => {
        const kind = answer.headers.get("content-type") || "";
        if (!answer.ok || !kind.includes("vector-tile")) throw new Error(String(answer.status));
        return answer.arrayBuffer();
      })
      .then((bytes) => {
        held.tile = read(new Uint8Array(bytes));
        draw(canvas, held.tile, coords);
        done(null, canvas);
      })
      .catch((error) => {
        if (error.name === "AbortError") return;
        note.textContent = data.words.broken;
        done(error, canvas);
      });
    return canvas;
  },
});
const layer = new Tiles({ tileSize: SIZE, minZoom: 4, maxZoom: DEEPEST, keepBuffer: 1, updateWhenIdle: false });
layer.on("tileunload", (event) => {
  const key = layer._tileCoordsToKey(event.coords);
  const held = shownTiles.get(key);
  if (held) held.stop.abort();
  shownTiles.delete(key);
});
const redraw = () => {
  for (const held of shownTiles.values()) if (held.tile) draw(held.canvas, held.tile, held.coords);
};
const current = () => [...shownTiles.values()].filter((held) => held.tile && held.coords.z === Math.round(map.getZoom()));

// --- gardu lie above all tiles, so that no code is cut at an edge
const garduPane = map.createPane("gardu");
garduPane.style.zIndex = 450;
garduPane.style.pointerEvents = "none";
const codes = L.layerGroup().addTo(map);
const free = (box, taken) => taken.every((t) => box[2] < t[0] || box[0] > t[2] || box[3] < t[1] || box[1] > t[3]);
const placeGardu = () => {
  codes.clearLayers();
  if (map.getZoom() < 14.5 || off.has("gardu")) return; // from afar they would lie on what is counted
  const found = new Map();
  for (const { tile, coords } of current()) {
    for (const g of tile.gardu) {
      if (g.x >= 0 && g.x < SIZE && g.y >= 0 && g.y < SIZE) found.set(g.code, L.point(coords.x * SIZE + g.x, coords.y * SIZE + g.y));
    }
  }
  const zoom = Math.round(map.getZoom());
  const taken = [];
  for (const [code, at] of [...found].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const where = map.unproject(at, zoom);
    const p = map.latLngToContainerPoint(where);
    const box = [p.x - 7, p.y - 8, p.x + 14 + 7 * code.length, p.y + 8];
    const named = free(box, taken);
    if (named) taken.push(box);
    const shown = el("span", "unit-gardu");
    if (named) shown.append(el("b", "", code));
    L.marker(where, { pane: "gardu", interactive: false, keyboard: false, icon: L.divIcon({ className: "map-label", html: shown, iconSize: [0, 0] }) }).addTo(codes);
  }
};

// --- what was clicked
const hit = (latlng, reach) => {
  const zoom = Math.round(map.getZoom());
  const at = map.project(latlng, zoom);
  let best = null;
  for (const { tile, coords } of current()) {
    for (const kind of ["customer", "cell"]) {
      for (const one of tile[kind]) {
        if (kind === "customer" && !visible(one.state)) continue;
        const far = Math.hypot(coords.x * SIZE + one.x - at.x, coords.y * SIZE + one.y - at.y);
        if (far <= reach && (!best || far < best.far)) best = { far, kind, one };
      }
    }
  }
  return best;
};
const card = document.getElementById("map-card");
const closeCard = () => {
  card.hidden = true;
  card.replaceChildren();
};
card.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  closeCard();
  map.getContainer().focus();
});
const button = (words, act, name = "btn") => {
  const made = el("button", name, words);
  made.type = "button";
  made.addEventListener("click", act);
  return made;
};
const link = (words, href, name = "btn") => {
  const made = el("a", name, words);
  made.href = href;
  return made;
};
const showCards = (people) => {
  card.replaceChildren();
  for (const who of people) {
    const list = el("dl");
    for (const [name, value] of who.lines) list.append(el("dt", "", name), el("dd", "", value));
    const state = el("p", `state ${who.state}`, data.words[`point-${who.state}`]);
    const actions = el("p", "actions");
    actions.append(link(data.words.open, who.page, "btn p"));
    if (data.outside && who.lat !== null) {
      const way = link(data.outside_words, `${data.outside}${who.lat.toFixed(6)},${who.lon.toFixed(6)}`);
      way.rel = "noreferrer noopener";
      way.target = "_blank";
      actions.append(way);
    }
    card.append(state, list, actions);
  }
  card.append(button(data.words.close, () => { closeCard(); map.getContainer().focus(); }));
  card.hidden = false;
  card.focus();
};
const open = (id) =>
  fetch(data.card + id)
    .then((answer) => (answer.ok ? answer.json() : Promise.reject(new Error(String(answer.status)))))
    .then(showCards)
    .catch(() => { note.textContent = data.words.broken; });
map.on("click", (event) => {
  const found = hit(event.latlng, L.Browser.mobile ? 22 : 12);
  if (!found) closeCard();
  else if (found.kind === "customer") open(found.one.id);
  else map.setView(event.latlng, Math.min(NEAR, map.getZoom() + 2));
});
const hint = L.tooltip({ direction: "top", offset: [0, -6] });
map.on("mousemove", (event) => {
  const found = hit(event.latlng, 10);
  map.getContainer().style.cursor = found ? "pointer" : "";
  if (!found || found.kind !== "cell") { hint.remove(); return; }
  const lines = el("div", "hint-box");
  const all = found.one.counts.reduce((sum, n) => sum + n, 0);
  lines.append(el("b", "", `${count(all)} ${data.words.customers}`));
  found.one.counts.forEach((n, i) => { if (n) lines.append(el("span", "", `${count(n)} ${data.words[`point-${data.states[i]}`]}`)); });
  hint.setLatLng(event.latlng).setContent(lines).addTo(map);
});

// --- search: by POST, never in an address
const form = document.getElementById("map-search");
const results = document.getElementById("map-results");
const pins = L.layerGroup().addTo(map);
const ring = (at) => L.circleMarker(at, { radius: 12, color: ink("primary"), weight: 3, fill: false, interactive: false });
const go = (found, zoom) => {
  map.setView([found.lat, found.lon], zoom, { animate: false });
};
form.addEventListener("submit", (event) => {
  event.preventDefault();
  fetch(data.search, { method: "POST", body: new FormData(form) })
    .then((answer) => (answer.ok ? answer.json() : Promise.reject(new Error(String(answer.status)))))
    .then(({ found, unknown, more }) => {
      results.replaceChildren();
      pins.clearLayers();
      if (!found.length && !unknown) results.append(el("li", "sec", data.words.nothing_found));
      if (unknown) results.append(el("li", "bad", data.words.unknown.replace("{n}", count(unknown))));
      if (more) results.append(el("li", "bad", data.words.more_found.replace("{n}", count(found.length))));
      for (const one of found) {
        const item = el("li");
        item.append(one.page ? link(one.shown, one.page, "") : el("span", "", one.shown));
        if (one.lon === null) item.append(el("span", "sec", data.words.unplaced_hit));
        else {
          item.append(button(data.words.elsewhere, () => go(one, one.kind === "customer" ? 19 : 17), "link"));
          pins.addLayer(ring([one.lat, one.lon]));
        }
        results.append(item);
      }
      const placed = found.filter((one) => one.lon !== null);
      if (placed.length === 1) go(placed[0], placed[0].kind === "customer" ? 19 : 17);
      else if (placed.length) map.fitBounds(L.latLngBounds(placed.map((one) => [one.lat, one.lon])), { padding: [40, 40], maxZoom: 18, animate: false });
    })
    .catch(() => { note.textContent = data.words.broken; });
});

// --- legend: each state is a switch, with its sign and its count
const sign = (paint) => {
  const made = el("canvas", "sign");
  const dense = window.devicePixelRatio || 1;
  [made.width, made.height] = [34 * dense, 22 * dense];
  made.setAttribute("aria-hidden", "true");
  const c = made.getContext("2d");
  c.scale(dense, dense);
  paint(c, { x: 17, y: 11 });
  return made;
};
for (const box of frame.querySelectorAll("[data-state]")) {
  const state = box.dataset.state;
  box.after(sign((c, p) => signs.STATES[state](c, p)));
  box.addEventListener("change", () => {
    if (box.checked) hidden.delete(state);
    else hidden.add(state);
    redraw();
    remember();
  });
}
const base = rbmBase(map, data, (words) => { note.textContent = words; });
const switched = {
  street: redraw,
  jtr: redraw,
  gardu: () => placeGardu(),
  base: () => { if (base) off.has("base") ? base.remove() : base.addTo(map); },
};
const LAYER_SIGNS = {
  gardu: (c, p) => { c.fillStyle = ink("map-ink"); c.fillRect(p.x - 5, p.y - 5, 10, 10); },
  jtr: (c, p) => signs.dashes(c, p, ink("map-jtr"), 1.4),
  street: (c, p) => {
    for (const [colour, width] of [["map-casing", 6], ["map-street", 4]]) {
      c.strokeStyle = ink(colour);
      c.lineWidth = width;
      c.beginPath();
      c.moveTo(p.x - 14, p.y);
      c.lineTo(p.x + 14, p.y);
      c.stroke();
    }
  },
  base: () => {},
};
for (const box of frame.querySelectorAll("[data-layer]")) {
  const name = box.dataset.layer;
  box.after(sign((c, p) => LAYER_SIGNS[name](c, p)));
  box.addEventListener("change", () => {
    if (box.checked) off.delete(name);
    else off.add(name);
    switched[name]();
    remember();
  });
}
document.getElementById("map-colour").addEventListener("change", (event) => {
  byRbm = event.target.value === "rbm";
  redraw();
  remember();
});

// --- where one is stands behind the #: no request carries it
const remember = () => {
  const at = map.getCenter();
  const parts = [map.getZoom(), at.lat.toFixed(5), at.lng.toFixed(5), [...hidden].join(","), byRbm ? "rbm" : "", [...off].join(",")];
  window.history.replaceState(null, "", `#${parts.join("/")}`);
  document.getElementById("map-link").href = window.location.href;
};
const recall = () => {
  const [zoom, lat, lon, states, colour, layers] = window.location.hash.slice(1).split("/");
  if (!Number.isFinite(Number(zoom)) || !Number.isFinite(Number(lat)) || !Number.isFinite(Number(lon)) || !lon) return;
  for (const box of frame.querySelectorAll("[data-layer]")) {
    if (!(layers || "").split(",").includes(box.dataset.layer)) continue;
    box.checked = false;
    off.add(box.dataset.layer);
  }
  if (base && off.has("base")) base.remove();
  for (const state of (states || "").split(",").filter((s) => data.states.includes(s))) {
    hidden.add(state);
    frame.querySelector(`[data-state="${state}"]`).checked = false;
  }
  byRbm = colour === "rbm";
  document.getElementById("map-colour").value = byRbm ? "rbm" : "state";
  map.setView([Number(lat), Number(lon)], Math.min(DEEPEST, Number(zoom)), { animate: false });
};

map.options.maxZoom = DEEPEST;
// The first view lies in the part that the panel leaves free.
const panel = frame.querySelector(".map-panel");
const whole = () => {
  const floats = getComputedStyle(panel).position === "absolute";
  const [west, south, east, north] = data.bounds;
  map.fitBounds([[south, west], [north, east]], { paddingTopLeft: [floats ? panel.offsetWidth + 36 : 24, 24], paddingBottomRight: [floats ? 60 : 24, 24], animate: false });
};
whole();
recall();
layer.addTo(map);
L.control.scale({ imperial: false, position: "bottomright" }).addTo(map);
L.control.zoom({ position: "topright", zoomInTitle: data.words.zoom_in, zoomOutTitle: data.words.zoom_out }).addTo(map);
rbmWhole(data.words.whole, whole).addTo(map);
layer.on("load", () => {
  redraw();
  placeGardu();
  frame.dataset.loaded = String(Math.round(map.getZoom()));
  frame.dataset.customers = String(current().reduce((sum, { tile }) => sum + tile.customer.length + tile.cell.reduce((n, cell) => n + cell.counts.reduce((a, b) => a + b, 0), 0), 0));
});
layer.on("loading", () => { frame.dataset.loaded = ""; });
map.on("zoomstart", () => codes.clearLayers());
map.on("moveend", () => { placeGardu(); remember(); });
window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => window.location.reload());
