// Draws a border or a circle on the map of an event: by taps, by dragging, or by the keyboard
// (arrows move the map, a button sets a point at its middle). The server counts who lies inside;
// what is drawn only fills the fields of the form, which can be typed as well.
(() => {
  "use strict";
  const root = document.querySelector("[data-lasso]");
  const frame = document.querySelector("[data-map]");
  if (!root || !frame) return;
  const form = document.getElementById("pilihan");
  const told = root.querySelector("[data-told]");
  const button = (name) => root.querySelector(`[data-${name}]`);
  const MOST = 400; // corners; the server takes 500
  const NEAR = 14; // pixels to the first corner that close the line

  const say = (words, bad = false) => {
    told.textContent = words;
    told.classList.toggle("bad", bad);
  };
  const on = (name, act) => button(name)?.addEventListener("click", act);

  const begin = () => {
    const { map, data, ink } = frame.drawnMap;
    frame.classList.add("drawing");
    map.doubleClickZoom.disable();
    map.createPane("laso").style.cssText = "z-index:460;pointer-events:none";
    const paint = { pane: "laso", renderer: L.svg({ pane: "laso" }), interactive: false };
    const shapes = L.layerGroup().addTo(map);
    const rings = L.layerGroup().addTo(map);
    const places = new Map(data.points.map((p) => [p.id, p]));
    const ringed = L.canvas({ pane: "laso" });
    const line = { ...paint, color: ink("focus"), weight: 2.6, fillColor: ink("focus"), fillOpacity: 0.12 };
    const corner = (at, first) => L.circleMarker(at, { ...paint, radius: first ? 8 : 4.5, color: ink("focus"), weight: 2.4, fillColor: ink("map-halo"), fillOpacity: 1 }).addTo(shapes);

    // --- ask the server; an answer that was overtaken is thrown away
    let asked = null;
    const count = async () => {
      asked?.abort();
      const mine = new AbortController();
      asked = mine;
      say(root.dataset.counting);
      const answer = await fetch(root.dataset.count, { method: "POST", body: new FormData(form), headers: { Accept: "application/json" }, signal: mine.signal }).catch(() => null);
      const found = answer ? await answer.json().catch(() => null) : null;
      if (asked !== mine) return;
      rings.clearLayers();
      if (!found || !(answer.ok || found.error)) { say(root.dataset.failed, true); return; }
      say(found.error || found.words, Boolean(found.error));
      for (const id of found.ids || []) {
        const p = places.get(id);
        if (p) L.circleMarker([p.y, p.x], { pane: "laso", renderer: ringed, interactive: false, radius: 6.4, color: ink("focus"), weight: 2.4, fill: false }).addTo(rings);
      }
      root.dataset.counted = found.error ? "" : String(found.count);
    };
    const forget = () => {
      asked?.abort();
      asked = null;
      rings.clearLayers();
      root.dataset.counted = "";
    };
    (root.dataset.lasso === "batas" ? border : circle)({ map, shapes, line, corner, count, forget });
  };

  // --- a border: corners, closed or open; every step can be undone
  const border = ({ map, shapes, line, corner, count, forget }) => {
    const field = form.elements.batas;
    let corners = [];
    let closed = false;
    const before = [];
    const draw = () => {
      shapes.clearLayers();
      if (corners.length > 1) (closed ? L.polygon : L.polyline)(corners, closed ? line : { ...line, fill: false }).addTo(shapes);
      if (!closed) corners.forEach((at, i) => corner(at, i === 0));
      button("close").disabled = closed || corners.length < 3;
      button("undo").disabled = before.length === 0;
      button("clear").disabled = corners.length === 0;
    };
    const settle = () => {
      draw();
      const ring = corners.map((at) => [Number(at.lng.toFixed(6)), Number(at.lat.toFixed(6))]);
      field.value = closed ? JSON.stringify({ type: "Polygon", coordinates: [[...ring, ring[0]]] }) : "";
      if (closed) { count(); return; }
      forget();
      say(corners.length ? root.dataset.more.replace("{n}", corners.length) : "");
    };
    const keep = () => before.push({ corners: [...corners], closed });
    const close = () => {
      if (closed || corners.length < 3) return;
      keep();
      closed = true;
      settle();
    };
    const add = (at) => {
      if (closed) { say(root.dataset.closed); return; }
      const here = map.latLngToContainerPoint(at);
      const away = (other) => map.latLngToContainerPoint(other).distanceTo(here);
      if (corners.length >= 3 && away(corners[0]) <= NEAR) { close(); return; }
      // The second click of a double one, or a finger that trembled, is no new corner.
      if (corners.length && away(corners[corners.length - 1]) < 3) return;
      if (corners.length >= MOST) return;
      keep();
      corners.push(at);
      settle();
    };
    on("undo", () => {
      const last = before.pop();
      if (last) ({ corners, closed } = last);
      settle();
    });
    on("clear", () => {
      keep();
      corners = [];
      closed = false;
      settle();
    });
    on("close", close);
    on("middle", () => add(map.getCenter()));

    // A border that stands in the field, from before or pasted, is shown as well.
    const typed = (fit) => {
      let read = null;
      try { read = JSON.parse(field.value); } catch { /* WKT: the server reads it */ }
      read = read?.geometry || read;
      const ring = Array.isArray(read) ? read : read?.coordinates?.[0];
      const good = Array.isArray(ring) && ring.length > 2 && ring.every((p) => Array.isArray(p) && p.slice(0, 2).every(Number.isFinite));
      if (good) {
        corners = ring.map(([x, y]) => L.latLng(y, x));
        if (corners[0].equals(corners[corners.length - 1])) corners.pop();
      } else corners = [];
      closed = corners.length > 2;
      draw();
      if (closed && fit) map.fitBounds(L.latLngBounds(corners), { padding: [60, 60], animate: false });
      if (field.value.trim()) count();
      else { forget(); say(""); }
    };
    field.addEventListener("change", () => { keep(); typed(true); });

    // --- by dragging: the stroke is the border
    const box = map.getContainer();
    let drags = false;
    let stroke = null;
    let swallow = 0;
    map.on("click", (event) => { if (event.originalEvent.timeStamp > swallow) add(event.latlng); });
    on("drag", () => {
      drags = !drags;
      button("drag").setAttribute("aria-pressed", String(drags));
      map.dragging[drags ? "disable" : "enable"]();
      box.style.touchAction = drags ? "none" : "";
    });
    const spot = (event) => {
      const edge = box.getBoundingClientRect();
      return L.point(event.clientX - edge.left, event.clientY - edge.top);
    };
    box.addEventListener("pointerdown", (event) => {
      if (!drags || event.button !== 0 || event.target.closest(".leaflet-control")) return;
      // A second finger means to zoom, not to draw.
      if (stroke) { stroke = null; draw(); return; }
      if (!event.isPrimary) return;
      if (closed) { say(root.dataset.closed); return; }
      stroke = { id: event.pointerId, points: [spot(event)], trace: L.polyline([], { ...line, fill: false }).addTo(shapes) };
      box.setPointerCapture(event.pointerId);
    });
    box.addEventListener("pointermove", (event) => {
      if (stroke?.id !== event.pointerId) return;
      const at = spot(event);
      if (at.distanceTo(stroke.points[stroke.points.length - 1]) < 3) return;
      stroke.points.push(at);
      stroke.trace.addLatLng(map.containerPointToLatLng(at));
    });
    const ends = (event) => {
      if (stroke?.id !== event.pointerId) return;
      const { points } = stroke;
      stroke = null;
      // A short press is a tap: its click sets a corner.
      if (event.type === "pointercancel" || points.length < 4) { draw(); return; }
      swallow = event.timeStamp + 300;
      let plain = points;
      for (let tolerance = 2; ; tolerance *= 1.5) {
        plain = L.LineUtil.simplify(points, tolerance);
        if (plain.length <= MOST) break;
      }
      keep();
      corners = plain.map((p) => map.containerPointToLatLng(p));
      closed = corners.length > 2;
      settle();
    };
    box.addEventListener("pointerup", ends);
    box.addEventListener("pointercancel", ends);
    typed(false);
  };

  // --- a circle: its centre by a tap, its radius in the field
  const circle = ({ map, shapes, line, corner, count, forget }) => {
    const { lintang, bujur, jarak } = form.elements;
    const number = (field) => (field.value.trim() ? Number(field.value.replace(",", ".")) : NaN);
    let waits = 0;
    const draw = () => {
      shapes.clearLayers();
      const [lat, lng, metres] = [number(lintang), number(bujur), number(jarak)];
      const there = Number.isFinite(lat) && Number.isFinite(lng);
      button("clear").disabled = !there;
      forget();
      window.clearTimeout(waits);
      if (!there) { say(""); return; }
      if (metres > 0) L.circle([lat, lng], { ...line, radius: metres }).addTo(shapes);
      corner([lat, lng], false);
      if (metres > 0) waits = window.setTimeout(count, 250);
    };
    const put = (at) => {
      lintang.value = at.lat.toFixed(6);
      bujur.value = at.lng.toFixed(6);
      draw();
    };
    map.on("click", (event) => put(event.latlng));
    on("middle", () => put(map.getCenter()));
    on("clear", () => {
      lintang.value = bujur.value = "";
      draw();
    });
    for (const field of [lintang, bujur, jarak]) field.addEventListener("input", draw);
    draw();
  };

  if (frame.drawnMap) begin();
  else frame.addEventListener("map-drawn", begin, { once: true });
})();
