// The ground below a map, where the unit chose one: pictures of one host or of the product itself.
// Whose map it is stands on it as text: what a file says of itself is never read as HTML.
const rbmBase = (map, data, say) => {
  "use strict";
  if (data.base_missing) say(data.base_missing);
  if (!data.base) return null;
  const { tiles, by, min, max, bounds, broken } = data.base;
  const layer = L.tileLayer(tiles, {
    minZoom: min,
    maxNativeZoom: max,
    maxZoom: 22,
    zIndex: 0,
    bounds: bounds ? L.latLngBounds([bounds[1], bounds[0]], [bounds[3], bounds[2]]) : undefined,
  });
  layer.once("tileerror", () => say(broken));
  if (by) {
    const source = L.control({ position: "bottomright" });
    source.onAdd = () => {
      const shown = document.createElement("div");
      shown.className = "map-source";
      shown.textContent = by;
      return shown;
    };
    layer.on("add", () => source.addTo(map));
    layer.on("remove", () => source.remove());
  }
  return layer.addTo(map);
};
