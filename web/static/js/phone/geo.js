// Distances and directions between places in degrees; places averaged over fixes.

const EARTH_M = 6_371_008.8;
const rad = (degrees) => (degrees * Math.PI) / 180;

// Metres between two places; exact enough for what is walked.
export function away(a, b) {
  const x = rad(b.lon - a.lon) * Math.cos(rad((a.lat + b.lat) / 2));
  const y = rad(b.lat - a.lat);
  return EARTH_M * Math.hypot(x, y);
}

// Degrees clockwise from north, 0 to 360.
export function bearing(a, b) {
  const x = rad(b.lon - a.lon) * Math.cos(rad((a.lat + b.lat) / 2));
  const y = rad(b.lat - a.lat);
  return ((Math.atan2(x, y) * 180) / Math.PI + 360) % 360;
}

// Metres in words: 12 m, 1,4 km.
export function told(metres, lang) {
  if (metres === null || Number.isNaN(metres)) return "–";
  if (metres < 995) return `${Math.round(metres)} m`;
  const km = (metres / 1000).toFixed(metres < 9950 ? 1 : 0);
  return `${lang === "id" ? km.replace(".", ",") : km} km`;
}

// Fixes are averaged by their accuracy while somebody stands still. Errors of one receiver go
// together, so that averaging makes the place steadier, never the told accuracy better than its
// fixes: it is that of the weighted fix.
export class Fixes {
  constructor() {
    this.all = [];
  }

  add(fix) {
    const known = this.place();
    const moved = known && away(known, fix) > Math.max(25, 2 * (known.accuracy_m + fix.accuracy_m));
    // Walked on with the screen open: what was stood at before is another place.
    if (moved && fix.accuracy_m <= 50) this.all = [];
    this.all.push(fix);
    if (this.all.length > 120) this.all.shift();
  }

  place() {
    if (!this.all.length) return null;
    let weights = 0;
    let lon = 0;
    let lat = 0;
    for (const fix of this.all) {
      const weight = 1 / Math.max(fix.accuracy_m, 1) ** 2;
      weights += weight;
      lon += weight * fix.lon;
      lat += weight * fix.lat;
    }
    const round = (value, digits) => Number(value.toFixed(digits));
    return {
      lon: round(lon / weights, 7), lat: round(lat / weights, 7),
      accuracy_m: round(Math.sqrt(this.all.length / weights), 1), fixes: this.all.length,
    };
  }
}
