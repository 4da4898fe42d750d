// A small map on a canvas: streets, houses with their stop, gardu, poles, and where the phone is.
// The list says the same in words.

const COLOURS = { ground: "#F8F6F1", casing: "#C9C2B4", street: "#FFFFFF", ink: "#12242C", primary: "#0D566B", here: "#1B66D2", done: "#8A979C", gardu: "#12242C", bolt: "#E9A21A" };
const AROUND_M = 75;

// Draw around a place ({ lon, lat }); `next` is the order that is gone to, `state(order)` "done" or "".
export function drawMap(canvas, bundle, { at, here, next, state }) {
  const ratio = window.devicePixelRatio || 1;
  const { clientWidth: width, clientHeight: height } = canvas;
  if (!width || !at) return;
  canvas.width = width * ratio;
  canvas.height = height * ratio;
  const pen = canvas.getContext("2d");
  pen.scale(ratio, ratio);
  pen.fillStyle = COLOURS.ground;
  pen.fillRect(0, 0, width, height);
  const east = 111_320 * Math.cos((at.lat * Math.PI) / 180);
  const scale = Math.min(width, height) / (2 * AROUND_M);
  const xy = (lon, lat) => [width / 2 + (lon - at.lon) * east * scale, height / 2 - (lat - at.lat) * 110_574 * scale];
  const seen = ([x, y], edge = 20) => x > -edge && y > -edge && x < width + edge && y < height + edge;
  streets(pen, bundle.streets || [], xy, seen, scale);
  for (const [code, [lon, lat]] of Object.entries(bundle.tiang || {})) dot(pen, xy(lon, lat), seen, 3.5, "#fff", COLOURS.ink, code);
  for (const [code, [lon, lat]] of Object.entries(bundle.gardu || {})) gardu(pen, xy(lon, lat), seen, code);
  for (const order of [...bundle.orders].reverse()) if (order.lon !== undefined && order !== next) stop(pen, xy(order.lon, order.lat), seen, order, state(order));
  if (next?.lon !== undefined) stop(pen, xy(next.lon, next.lat), seen, next, "next");
  if (here) phone(pen, xy(here.lon, here.lat), here.accuracy_m * scale);
}

function streets(pen, lines, xy, seen, scale) {
  pen.lineCap = "round";
  pen.lineJoin = "round";
  const near = lines.map((line) => line.map(([lon, lat]) => xy(lon, lat))).filter((line) => {
    const xs = line.map((p) => p[0]);
    const ys = line.map((p) => p[1]);
    return seen([Math.max(...xs), Math.max(...ys)], 1e4) && Math.min(...xs) < 2000 && Math.min(...ys) < 2000;
  });
  for (const [colour, more] of [[COLOURS.casing, 2], [COLOURS.street, 0]]) {
    pen.strokeStyle = colour;
    pen.lineWidth = Math.max(4.4 * scale, 4) + more;
    pen.beginPath();
    for (const line of near) line.forEach(([x, y], at) => (at ? pen.lineTo(x, y) : pen.moveTo(x, y)));
    pen.stroke();
  }
}

function dot(pen, at, seen, radius, fill, line) {
  if (!seen(at)) return;
  pen.beginPath();
  pen.arc(at[0], at[1], radius, 0, 7);
  pen.fillStyle = fill;
  pen.strokeStyle = line;
  pen.lineWidth = 1.5;
  pen.fill();
  pen.stroke();
}

function label(pen, words, x, y, colour) {
  pen.font = "700 12px Roboto, 'Noto Sans', Arial, sans-serif";
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  pen.fillStyle = colour;
  pen.fillText(words, x, y);
}

function gardu(pen, at, seen, code) {
  if (!seen(at, 40)) return;
  pen.fillStyle = COLOURS.gardu;
  pen.fillRect(at[0] - 7, at[1] - 7, 14, 14);
  label(pen, "⚡", at[0], at[1], COLOURS.bolt);
  pen.lineWidth = 3;
  pen.strokeStyle = "#FBFAF7";
  pen.font = "700 12px Roboto, 'Noto Sans', Arial, sans-serif";
  pen.textAlign = "center";
  pen.strokeText(code, at[0], at[1] + 15);
  label(pen, code, at[0], at[1] + 15, COLOURS.ink);
}

function stop(pen, at, seen, order, state) {
  if (!seen(at)) return;
  const radius = state === "next" ? 14 : 12;
  const [fill, line, ink] = state === "next" ? [COLOURS.primary, "#fff", "#fff"] : state ? ["#E6EAEB", COLOURS.done, "#33454E"] : ["#fff", COLOURS.primary, "#000"];
  pen.lineWidth = 2.5;
  pen.beginPath();
  pen.arc(at[0], at[1], radius, 0, 7);
  pen.fillStyle = fill;
  pen.strokeStyle = line;
  pen.fill();
  pen.stroke();
  label(pen, String(order.stop), at[0], at[1] + 0.5, ink);
}

function phone(pen, at, radius) {
  pen.beginPath();
  pen.arc(at[0], at[1], Math.max(12, Math.min(radius, 200)), 0, 7);
  pen.fillStyle = "rgba(27,102,210,.18)";
  pen.fill();
  dot(pen, at, () => true, 8, COLOURS.here, "#fff");
}
