// Draws the JSON of rbmgeo.maps.layers on the map that the shell made. Text goes in by
// textContent or onto the canvas: nothing that a list says is ever read as HTML.
(async () => {
  "use strict";
  const frame = document.querySelector("[data-map]");
  const source = document.getElementById("map-data");
  if (!frame || !(source || frame.dataset.source)) return;
  const box = document.getElementById("map_kanvas");
  const fetched = async () => {
    const answer = await fetch(frame.dataset.source, { headers: { Accept: "application/json" } }).catch(() => null);
    return answer && answer.ok ? answer.json() : null;
  };
  const data = source ? JSON.parse(source.textContent) : await fetched();
  if (!data) {
    box.textContent = frame.dataset.missing;
    return;
  }
  if (typeof L === "undefined" || typeof map_kanvas === "undefined") {
    box.textContent = data.words.missing;
    return;
  }
  const map = map_kanvas;
  // No tiles: any zoom is as sharp as another, so the first view can fit closely.
  map.options.zoomSnap = 0.25;
  // A file that stands alone has no ground of another host.
  if (typeof rbmBase === "function") {
    const ground = document.getElementById("map-ground");
    rbmBase(map, ground ? JSON.parse(ground.textContent) : data, (words) => {
      const panel = frame.querySelector(".map-panel");
      if (panel) panel.append(Object.assign(document.createElement("p"), { className: "bad", textContent: words }));
    });
  }
  const css = getComputedStyle(document.documentElement);
  const ink = (name) => css.getPropertyValue(`--${name}`).trim();
  const lang = document.documentElement.lang || "id";
  const count = (n) => n.toLocaleString(lang);
  const at = (pair) => [pair[1], pair[0]];

  const el = (tag, name, words) => {
    const made = document.createElement(tag);
    if (name) made.className = name;
    if (words !== undefined) made.textContent = words;
    return made;
  };

  // --- panes, from the ground up; only the upper ones listen to the mouse
  const layer = (name, z, listens) => {
    const pane = map.createPane(name);
    pane.style.zIndex = z;
    if (!listens) pane.style.pointerEvents = "none";
    return L.canvas({ pane: name, padding: 0.4, tolerance: 6 });
  };
  const streets = layer("jalan", 210);
  const wires = layer("jtr", 240);
  const walks = layer("jalan-baca", 300);
  const marks = layer("tanda", 420, true);
  const stops = layer("perhentian", 450);

  // --- signs, the same on the map and in the legend
  const { disc, polygon, square, halo, STATES, hatch, badge, bolt, dashes, WIDTHS } = rbmSigns(ink);
  // A circle by its class: a colour, or a way of hatching where there is none.
  const signsOf = (g) => (c, p, r) => (g.c ? disc(c, p, r, ink(g.c), ink("map-ink"), 1.1) : hatch(c, p, r, g.h));
  // The two sides of an event: gardu and lines of the old one, and of the new one.
  const SIDE = { old: "primary", new: "rbm-5" };
  const NEW_DASH = [7, 4];
  const LEGEND = {
    walk: (c, p) => { dashes(c, p, ink("primary"), 2.2); arrow(c, { x: p.x + 2, y: p.y }, 0); },
    gardu: (c, p) => bolt(c, p, 7),
    jtr: (c, p) => dashes(c, p, ink("map-jtr"), 1.4),
    "gardu-old": (c, p) => bolt(c, p, 7, SIDE.old),
    "gardu-new": (c, p) => bolt(c, p, 7, SIDE.new),
    "jtr-old": (c, p) => dashes(c, p, ink(SIDE.old), 2),
    "jtr-new": (c, p) => dashes(c, p, ink(SIDE.new), 2, NEW_DASH),
    street: (c, p) => { dashes(c, p, ink("map-casing"), 7); dashes(c, p, ink("map-street"), 5); },
    no_data: (c, p) => hatch(c, p, 8),
    mark: (c, p) => badge(c, p, "mustahil"),
    mark_high: (c, p) => badge(c, p, "tinggi"),
    without: () => {},
  };
  for (const [name, draw] of Object.entries(STATES)) LEGEND[`point-${name}`] = draw;
  for (let n = 1; n <= 5; n += 1) LEGEND[`seq-${n}`] = (c, p) => disc(c, p, 8, ink(`seq-${n}`), ink("map-ink"), 1.1);

  function arrow(c, p, angle) {
    const turn = (x, y) => [p.x + x * Math.cos(angle) - y * Math.sin(angle), p.y + x * Math.sin(angle) + y * Math.cos(angle)];
    polygon(c, [turn(5, 0), turn(-4, 4), turn(-4, -4)], ink("primary"), halo, 1);
  }

  const Sign = L.CircleMarker.extend({
    _updatePath() {
      if (this._renderer._drawing && !this._empty()) this.options.draw(this._renderer._ctx, this._point);
    },
  });
  const Walk = L.Polyline.extend({
    _updatePath() {
      L.Polyline.prototype._updatePath.call(this);
      if (!this._renderer._drawing) return;
      let left = 32;
      for (const part of this._parts) {
        for (let i = 1; i < part.length; i += 1) {
          const [a, b] = [part[i - 1], part[i]];
          const long = a.distanceTo(b);
          const angle = Math.atan2(b.y - a.y, b.x - a.x);
          for (; left < long; left += 65) arrow(this._renderer._ctx, { x: a.x + Math.cos(angle) * left, y: a.y + Math.sin(angle) * left }, angle);
          left -= long;
        }
      }
    },
  });

  // --- ground: streets as wide as they are, low-voltage lines from close by
  const metres = () => (40075016.7 * Math.cos((map.getCenter().lat * Math.PI) / 180)) / 2 ** (map.getZoom() + 8);
  const lines = (all, options) => L.polyline(all.map((one) => one.c.map(at)), { interactive: false, smoothFactor: 0.6, lineCap: "round", lineJoin: "round", ...options });
  const grades = [0, 1, 2].map((k) => data.streets.filter((s) => s.k === k));
  const casing = grades.map((all) => lines(all, { renderer: streets, pane: "jalan", color: ink("map-casing") }).addTo(map));
  const filling = grades.map((all) => lines(all, { renderer: streets, pane: "jalan", color: ink("map-street") }).addTo(map));
  const own = lines(data.jtr.filter((s) => s.own), { renderer: wires, pane: "jtr", color: ink("map-ink"), weight: 1.8 });
  const sides = Object.entries(SIDE).map(([side, colour]) => lines(data.jtr.filter((s) => s.s === side), { renderer: wires, pane: "jtr", color: ink(colour), weight: 2, dashArray: side === "new" ? NEW_DASH.join(" ") : null }));
  const other = lines(data.jtr.filter((s) => !s.own && !s.s), { renderer: wires, pane: "jtr", color: ink("map-jtr"), weight: 1.2 });
  const ground = () => {
    WIDTHS.forEach((w, k) => {
      const wide = Math.min(w.most, Math.max(w.least, w.m / metres()));
      casing[k].setStyle({ weight: wide + 2 });
      filling[k].setStyle({ weight: wide });
    });
    for (const wire of [other, own, ...sides]) {
      if (map.getZoom() >= 15) wire.addTo(map);
      else wire.remove();
    }
  };

  // --- the walk, its start, its end, every fiftieth stop
  if (data.walk.length > 1) {
    const path = data.walk.map(at);
    const shared = { interactive: false, pane: "jalan-baca", renderer: walks, lineJoin: "round" };
    L.polyline(path, { ...shared, color: halo, weight: 4.6 }).addTo(map);
    new Walk(path, { ...shared, color: ink("primary"), weight: 2.2 }).addTo(map);
  }
  const stop = (p, draw) => new Sign([p.y, p.x], { renderer: stops, pane: "perhentian", interactive: false, radius: 16, draw }).addTo(map);
  const pill = (words) => (c, p) => {
    c.font = `700 11px ${css.getPropertyValue("--font")}`;
    const wide = c.measureText(words).width + 10;
    c.beginPath();
    c.roundRect(p.x - wide / 2, p.y - 22, wide, 15, 7.5);
    c.fillStyle = ink("primary");
    c.fill();
    c.strokeStyle = halo;
    c.lineWidth = 1.4;
    c.stroke();
    c.fillStyle = ink("on-primary");
    c.textAlign = "center";
    c.textBaseline = "middle";
    c.fillText(words, p.x, p.y - 14);
  };
  const begins = (c, p) => { disc(c, p, 9, ink("primary"), halo, 2); polygon(c, [[p.x - 3, p.y - 4.5], [p.x + 5, p.y], [p.x - 3, p.y + 4.5]], ink("on-primary")); };
  const ends = (c, p) => { disc(c, p, 9, halo, ink("primary"), 2.4); square(c, p, 3.6, ink("primary")); };

  // --- customers: a click opens the card; the number of the stop from close by
  const numbered = (p) => (c, where) => {
    STATES[p.s](c, where);
    const zoom = map.getZoom();
    if (!p.n || zoom < 18 || (zoom < 19 && !/0$/.test(p.n))) return;
    c.font = `${/0$/.test(p.n) ? 700 : 400} 11px ${css.getPropertyValue("--font")}`;
    c.textAlign = "left";
    c.textBaseline = "middle";
    c.lineWidth = 3;
    c.strokeStyle = halo;
    c.fillStyle = ink("map-ink");
    c.strokeText(p.n, where.x + 7, where.y - 6);
    c.fillText(p.n, where.x + 7, where.y - 6);
  };
  const opens = (mark, base, key) => {
    if (!base || !key) return;
    mark.on("click", () => window.location.assign(base + encodeURIComponent(key)));
  };
  const hint = (title, more) => {
    const made = el("div", "hint-box");
    made.append(el("b", "", title), el("span", "", more));
    return made;
  };
  const drawn = data.points.map((p) => {
    const mark = new Sign([p.y, p.x], { renderer: marks, pane: "tanda", radius: 6, draw: numbered(p) });
    const place = p.n ? `${data.words.place} ${p.n}` : "";
    mark.bindTooltip(() => hint(place, data.words[`point-${p.s}`]), { direction: "top", offset: [0, -6] });
    opens(mark, frame.dataset.customer, p.id);
    return mark.addTo(map);
  });
  const fiftieth = data.walk.length > 1 ? data.points.filter((p) => p.n && Number(p.n) % 50 === 0) : [];
  if (data.walk.length > 1) {
    fiftieth.forEach((p) => stop(p, pill(p.n)));
    stop(data.points[data.points.length - 1], ends);
    stop(data.points[0], begins);
  }

  // --- gardu: the square sign with its code, or a circle by its kWh
  const energy = data.gardu.some((g) => "k" in g);
  const most = data.most || Math.max(1, ...data.gardu.map((g) => g.v || 0));
  // Circles grow with the room between gardu, so that a far view is no heap.
  const nearest = data.room_m ? [data.room_m, data.room_m] : data.gardu.map((g, i) => Math.min(...data.gardu.map((o, j) => (i === j ? Infinity : map.distance([g.y, g.x], [o.y, o.x]))))).sort((a, b) => a - b);
  const [least, share] = data.gardu.length > 300 ? [5, 0.9] : [10, 1.3];
  const room = () => (nearest.length > 1 ? Math.min(36, Math.max(least, (share * nearest[nearest.length >> 1]) / metres())) : 30);
  const radiusOf = (v) => (v === null ? 6 : Math.max(4, room() * Math.sqrt(Math.max(0, v) / most)));
  const radius = (g) => radiusOf(g.v);
  const labels = [];
  const label = (g, gap) => {
    const shown = el("span", "code", g.code);
    const mark = L.marker([g.y, g.x], { icon: L.divIcon({ className: "map-label", html: shown, iconSize: [0, 0] }), interactive: false, keyboard: false });
    mark.addTo(map);
    labels.push({ mark, shown, gap, where: L.latLng(g.y, g.x) });
  };
  const circles = [];
  const circle = (g) => {
    const draw = (c, p) => {
      const r = radius(g);
      if (g.c !== undefined) signsOf(g)(c, p, r);
      else if (g.k) disc(c, p, r, ink(`seq-${g.k}`), ink("map-ink"), 1.1);
      else hatch(c, p, r);
      if (g.mark) badge(c, { x: p.x + r * 0.72, y: p.y - r * 0.72 }, g.mark);
    };
    const mark = new Sign([g.y, g.x], { renderer: marks, pane: "tanda", radius: radius(g) + 4, draw });
    mark.bindTooltip(() => {
      const said = typeof g.t === "function" ? g.t() : g.t;
      return hint(g.code, g.mark ? `${said}, ${data.words[g.mark === "mustahil" ? "mark" : "mark_high"]}` : said);
    }, { direction: "top", offset: [0, -6] });
    if (frame.dataset.picks) mark.on("click", () => frame.dispatchEvent(new CustomEvent("gardu-picked", { detail: g })));
    else opens(mark, frame.dataset.gardu, g.code);
    mark.addTo(map);
    circles.push(() => mark.setRadius(radius(g) + 4));
    label(g, () => radius(g) + 3);
  };
  const post = (g) => {
    const mark = new Sign([g.y, g.x], { renderer: marks, pane: "tanda", radius: 10, draw: (c, p) => bolt(c, p, map.getZoom() < 16 ? 6 : 8, SIDE[g.s]) });
    mark.bindTooltip(() => hint(g.code, g.t || "gardu"), { direction: "top", offset: [0, -8] });
    opens(mark, frame.dataset.gardu, g.code);
    mark.addTo(map);
    label(g, () => 12);
  };
  [...data.gardu].sort((a, b) => (b.v || 0) - (a.v || 0)).forEach(energy ? circle : post);

  // Greedy: the greater first, in four places; a code that finds none free waits for a closer view.
  const clear = (box, taken) => taken.every((t) => box[2] < t[0] || box[0] > t[2] || box[3] < t[1] || box[1] > t[3]);
  const MOST_LABELS = 250;
  const MOST_TRIED = 500;
  const place = () => {
    const view = map.getSize();
    let [written, tried] = [0, 0];
    // All widths are read before anything is written: else the page is laid out again for each.
    for (const one of labels) one.wide ||= one.shown.offsetWidth;
    const spots = data.gardu.map((g) => ({ p: map.latLngToContainerPoint([g.y, g.x]), r: energy ? radius(g) * 0.8 : 6 }));
    const taken = spots.map(({ p, r }) => [p.x - r, p.y - r, p.x + r, p.y + r]);
    for (const one of fiftieth) {
      const p = map.latLngToContainerPoint([one.y, one.x]);
      taken.push([p.x - 15, p.y - 23, p.x + 15, p.y - 6]);
    }
    for (const { mark, shown, where, gap, wide: measured } of labels) {
      const p = map.latLngToContainerPoint(where);
      const [wide, r] = [measured || 60, gap()];
      const ways = [[-wide / 2, r], [r, -8], [-wide / 2, -r - 16], [-r - wide, -8]];
      if (!energy) ways.unshift(ways.splice(1, 1)[0]);
      const box = ([x, y]) => [p.x + x, p.y + y, p.x + x + wide, p.y + y + 16];
      const seen = p.x > -60 && p.y > -30 && p.x < view.x + 60 && p.y < view.y + 30 && written < MOST_LABELS && tried < MOST_TRIED;
      if (seen) tried += 1;
      const way = seen ? ways.find((one) => clear(box(one), taken)) : undefined;
      mark.getElement().classList.toggle("off", !way);
      if (!way) continue;
      written += 1;
      taken.push(box(way));
      shown.style.left = `${way[0]}px`;
      shown.style.top = `${way[1]}px`;
    }
  };

  // --- legend: only what is here, in drawing order, with its count
  const legend = document.getElementById("legend");
  const sign = (draw) => {
    const made = el("canvas", "sign");
    const [wide, high, dense] = [34, 22, window.devicePixelRatio || 1];
    made.width = wide * dense;
    made.height = high * dense;
    made.setAttribute("aria-hidden", "true");
    const c = made.getContext("2d");
    c.scale(dense, dense);
    draw(c, { x: wide / 2, y: high / 2 });
    return made;
  };
  const entry = (draw, words, n, href) => {
    const item = el("li");
    const said = href ? el("a", "", words) : el("span", "", words);
    if (href) said.href = href;
    item.append(sign(draw), said);
    if (n !== null && n !== undefined) item.append(el("span", "n", count(n)));
    legend.append(item);
  };
  const table = document.getElementById("tabel") ? "#tabel" : "";
  for (const one of data.legend) entry(LEGEND[one.k] || (() => {}), one.words, one.n, one.k === "without" ? table : "");
  if (data.walk.length > 1) { entry(begins, data.words.start); entry(ends, data.words.end); }

  // --- buttons, scale, first view in the part that the legend leaves free
  const spots = data.points.length ? data.points : data.gardu;
  const middle = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];
  const body = () => {
    if (energy || spots.length < 10) return spots;
    // A few far houses (a village apart, a wrong position) must not shrink all others to a dot.
    const [x, y] = [middle(spots.map((p) => p.x)), middle(spots.map((p) => p.y))];
    const away = spots.map((p) => map.distance([p.y, p.x], [y, x]));
    const reach = 2 * [...away].sort((a, b) => a - b)[Math.floor(0.9 * away.length)];
    return spots.filter((p, i) => away[i] <= reach);
  };
  const panel = frame.querySelector(".map-panel");
  const show = (some, printed) => {
    const floats = !printed && getComputedStyle(panel).position === "absolute";
    map.invalidateSize({ pan: false });
    map.fitBounds(L.latLngBounds(some.map((p) => [p.y, p.x])), { paddingTopLeft: [floats ? panel.offsetWidth + 36 : 28, 34], paddingBottomRight: [floats ? 60 : 28, 30], maxZoom: 18, animate: false });
  };
  const whole = () => show(spots);
  const near = body();
  if (near.length < spots.length) {
    const item = el("li");
    const button = el("button", "link", data.words.beyond);
    button.type = "button";
    button.addEventListener("click", whole);
    item.append(sign(() => {}), button, el("span", "n", count(spots.length - near.length)));
    legend.append(item);
  }
  L.control.scale({ imperial: false, position: "bottomright" }).addTo(map);
  rbmWhole(data.words.whole, whole).addTo(map);
  L.control.zoom({ position: "topright", zoomInTitle: data.words.zoom_in, zoomOutTitle: data.words.zoom_out }).addTo(map);
  map.on("zoomend", () => { ground(); circles.forEach((resize) => resize()); });
  map.on("zoomend moveend resize", place);
  show(near);
  ground();
  circles.forEach((resize) => resize());
  place();
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => window.location.reload());
  // Paper has a width of its own, and what is drawn on canvas must be drawn for it.
  window.addEventListener("beforeprint", () => {
    box.style.width = "180mm";
    box.style.height = "150mm";
    show(near, true);
  });
  window.addEventListener("afterprint", () => {
    box.style.width = box.style.height = "";
    show(near);
  });
  // Who draws on this map may come before or after it.
  frame.drawnMap = {
    map, data, ink, sign, LEGEND, signsOf, radiusOf,
    redraw: () => { circles.forEach((resize) => resize()); place(); },
  };
  frame.dispatchEvent(new Event("map-drawn"));
  frame.dataset.points = String(drawn.length);
  frame.dataset.gardus = String(data.gardu.length);
})();
