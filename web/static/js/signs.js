// The signs of every map, drawn on a canvas: the same on the map and in its legend.
// A classic script: it also stands inside maps that are one file.
const rbmSigns = (ink) => {
  "use strict";
  const TURN = 2 * Math.PI;
  const disc = (c, p, r, fill, edge, width) => {
    c.beginPath();
    c.arc(p.x, p.y, r, 0, TURN);
    if (fill) { c.fillStyle = fill; c.fill(); }
    if (edge) { c.strokeStyle = edge; c.lineWidth = width; c.stroke(); }
  };
  const polygon = (c, corners, fill, edge, width) => {
    c.beginPath();
    corners.forEach(([x, y], i) => (i ? c.lineTo(x, y) : c.moveTo(x, y)));
    c.closePath();
    if (fill) { c.fillStyle = fill; c.fill(); }
    if (edge) { c.strokeStyle = edge; c.lineWidth = width; c.stroke(); }
  };
  const square = (c, p, half, fill, edge, width) =>
    polygon(c, [[p.x - half, p.y - half], [p.x + half, p.y - half], [p.x + half, p.y + half], [p.x - half, p.y + half]], fill, edge, width);
  const halo = ink("map-halo");
  const STATES = {
    ok: (c, p) => disc(c, p, 3.4, ink("ink-3"), halo, 1),
    doubt: (c, p) => square(c, p, 4.6, ink("bad"), halo, 1.4),
    look: (c, p) => polygon(c, [[p.x, p.y - 6], [p.x + 6, p.y], [p.x, p.y + 6], [p.x - 6, p.y]], halo, ink("warn"), 2),
    rbm_only: (c, p) => disc(c, p, 5, halo, ink("rbm-2"), 2.4),
    pdpj_only: (c, p) => { disc(c, p, 5, halo, ink("rbm-7"), 2.2); disc(c, p, 1.8, ink("rbm-7")); },
    twice: (c, p) => { disc(c, { x: p.x - 3, y: p.y }, 4, null, ink("rbm-4"), 2); disc(c, { x: p.x + 3, y: p.y }, 4, null, ink("rbm-4"), 2); },
    unmatched: (c, p) => disc(c, p, 3.6, halo, ink("line-strong"), 1.6),
    order_belum: (c, p) => disc(c, p, 4.4, halo, ink("ink-2"), 2),
    order_selesai: (c, p) => disc(c, p, 4, ink("ok"), halo, 1.2),
    order_perlu_ulang: (c, p) => polygon(c, [[p.x, p.y - 5.6], [p.x + 5.6, p.y], [p.x, p.y + 5.6], [p.x - 5.6, p.y]], halo, ink("warn"), 2.2),
    order_konflik: (c, p) => square(c, p, 4.8, ink("bad"), halo, 1.4),
    order_batal: (c, p) => polygon(c, [[p.x - 4, p.y - 4], [p.x, p.y], [p.x + 4, p.y - 4], [p.x, p.y], [p.x + 4, p.y + 4], [p.x, p.y], [p.x - 4, p.y + 4], [p.x, p.y]], null, ink("ink-3"), 1.8),
    event_elsewhere: (c, p) => disc(c, p, 2.8, ink("line-strong"), halo, 1),
    event_old: (c, p) => disc(c, p, 4, ink("primary"), halo, 1.2),
    event_new: (c, p) => polygon(c, [[p.x, p.y - 5.4], [p.x + 5.4, p.y], [p.x, p.y + 5.4], [p.x - 5.4, p.y]], ink("rbm-5"), halo, 1.2),
    event_chosen: (c, p) => { disc(c, p, 4, ink("rbm-5"), halo, 1.2); disc(c, p, 6.4, null, ink("focus"), 2.4); },
  };
  // Hatched one way: no data. Crossed: not complete. Level: not to be shown. Empty with a dot: cannot be said.
  const hatch = (c, p, r, kind = "none") => {
    disc(c, p, r, halo, ink("map-ink"), 1.1);
    if (kind === "unsaid") { disc(c, p, 1.8, ink("map-ink")); return; }
    c.save();
    c.beginPath();
    c.arc(p.x, p.y, r, 0, TURN);
    c.clip();
    c.beginPath();
    const gap = kind === "part" ? 5 : 4;
    if (kind === "shut") for (let y = -r; y < r; y += 4) { c.moveTo(p.x - r, p.y + y); c.lineTo(p.x + r, p.y + y); }
    else for (let x = -2 * r; x < 2 * r; x += gap) { c.moveTo(p.x + x, p.y + r); c.lineTo(p.x + x + 2 * r, p.y - r); }
    if (kind === "part") for (let x = -2 * r; x < 2 * r; x += gap) { c.moveTo(p.x + x, p.y - r); c.lineTo(p.x + x + 2 * r, p.y + r); }
    c.strokeStyle = ink(kind === "part" ? "warn" : "ink-3");
    c.lineWidth = 1;
    c.stroke();
    c.restore();
  };
  const badge = (c, p, mark) => {
    disc(c, p, 7, ink(mark === "mustahil" ? "bad" : "warn"), halo, 1.4);
    c.fillStyle = halo;
    c.fillRect(p.x - 1, p.y - 4, 2, 5);
    c.fillRect(p.x - 1, p.y + 2.4, 2, 2);
  };
  const bolt = (c, p, half, colour = "map-ink") => {
    square(c, p, half, ink(colour), halo, 2);
    const s = half / 8;
    polygon(c, [[1, -6.4], [-4, 1], [-0.8, 1], [-1.6, 6.4], [4, -1.4], [0.6, -1.4]].map(([x, y]) => [p.x + x * s, p.y + y * s]), ink("energy"));
  };
  const dashes = (c, p, colour, width, pattern = []) => {
    c.beginPath();
    c.moveTo(p.x - 14, p.y);
    c.lineTo(p.x + 14, p.y);
    c.strokeStyle = colour;
    c.lineWidth = width;
    c.setLineDash(pattern);
    c.stroke();
    c.setLineDash([]);
  };
  // Streets are drawn as wide as they are, by class: metres, least and most pixels.
  const WIDTHS = [{ m: 4.4, least: 0.9, most: 12 }, { m: 8, least: 1.6, most: 20 }, { m: 13, least: 2.6, most: 30 }];
  return { disc, polygon, square, halo, STATES, hatch, badge, bolt, dashes, WIDTHS };
};

// The button that shows everything again.
const rbmWhole = (words, act) => new (L.Control.extend({
  onAdd() {
    const bar = L.DomUtil.create("div", "leaflet-bar");
    const button = L.DomUtil.create("a", "whole", bar);
    button.textContent = "⤢";
    button.href = "#";
    button.title = words;
    button.setAttribute("role", "button");
    button.setAttribute("aria-label", words);
    L.DomEvent.on(button, "click", (event) => { L.DomEvent.stop(event); act(); });
    return bar;
  },
}))({ position: "topright" });
