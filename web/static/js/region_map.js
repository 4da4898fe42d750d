// Units as areas: a class of colour each, its name and figures when pointed at, its own map on a click.
(() => {
  "use strict";
  const told = document.getElementById("region-data");
  if (!told || typeof L === "undefined" || typeof map_kanvas === "undefined") return;
  const { units } = JSON.parse(told.textContent);
  const map = map_kanvas;
  const ink = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const words = (unit) => {
    const box = document.createElement("div");
    box.className = "hint-box";
    const name = document.createElement("b");
    name.textContent = unit.name === unit.ulp ? unit.ulp : `${unit.ulp} ${unit.name}`;
    const figures = document.createElement("span");
    figures.textContent = unit.words;
    box.append(name, figures);
    return box;
  };
  L.control.zoom({ position: "topright" }).addTo(map);
  L.control.scale({ imperial: false, position: "bottomright" }).addTo(map);
  const drawn = units.map((unit) => {
    // GeoJSON says longitude first, Leaflet latitude.
    const rings = unit.parts.map((part) => part.map((ring) => ring.map(([lon, lat]) => [lat, lon])));
    const area = L.polygon(rings, { weight: 1.5 });
    area.bindTooltip(() => words(unit), { sticky: true });
    area.on("click", () => location.assign(unit.page));
    area.addTo(map);
    const code = document.createElement("b");
    code.className = "code";
    code.textContent = unit.ulp;
    L.marker(unit.at, { icon: L.divIcon({ className: "map-label", html: code, iconSize: [0, 0] }), interactive: false, keyboard: false }).addTo(map);
    return { unit, area };
  });
  const colour = () => {
    for (const { unit, area } of drawn) {
      const fill = unit.class ? ink(`--seq-${unit.class}`) : ink("--map-house");
      area.setStyle({ color: ink("--map-ink"), fillColor: fill, fillOpacity: 0.8, dashArray: unit.class ? null : "4 4" });
    }
  };
  colour();
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", colour);
})();
