// What this phone can do, tested as the app does it; nothing leaves the phone.

import { readPicture, small } from "./photo.js";
import { openStore } from "./store.js";

const root = document.getElementById("app");
const words = root.dataset;

function say(key, verdict, found = "") {
  const part = root.querySelector(`[data-test="${key}"]`);
  const mark = part.querySelector("[data-verdict]");
  mark.textContent = words[verdict];
  mark.className = `verdict ${verdict}`;
  part.querySelector("[data-found]").textContent = found;
  part.querySelector("[data-mend]").hidden = verdict === "ok" || verdict === "ask" || verdict === "checking";
}

function gps() {
  if (!window.isSecureContext || !navigator.geolocation) return say("gps", "bad");
  say("gps", "checking");
  let best = Infinity;
  const stop = navigator.geolocation.watchPosition(({ coords }) => {
    best = Math.min(best, coords.accuracy);
    say("gps", best <= 20 ? "ok" : "warn", words.fix.replace("#", Math.round(best)));
  }, () => best === Infinity && say("gps", "bad"), { enableHighAccuracy: true, timeout: 30_000 });
  return setTimeout(() => navigator.geolocation.clearWatch(stop), 60_000);
}

async function camera(event) {
  const picture = event.target.files[0] && (await readPicture(event.target.files[0]));
  if (!picture) return say("camera", "bad");
  const { data } = await small(picture).catch(() => ({ data: new ArrayBuffer(0) }));
  return data.byteLength ? say("camera", "ok", words.photo.replace("#", Math.ceil(data.byteLength / 1000))) : say("camera", "bad");
}

async function storage() {
  const name = "rbmgeo-hp-coba";
  try {
    const store = await openStore(name);
    const bytes = new Uint8Array(1_000_000).fill(7);
    await store.put("keep", bytes, "coba");
    const back = await store.get("keep", "coba");
    store.db.close();
    indexedDB.deleteDatabase(name);
    if (back.length !== bytes.length || back[999_999] !== 7) throw new Error("other bytes");
  } catch {
    return say("storage", "bad");
  }
  const { usage = 0, quota = 0 } = (await navigator.storage?.estimate?.()) || {};
  const persisted = (await navigator.storage?.persisted?.()) || false;
  const free = `${Math.round((quota - usage) / 1e6)} MB`;
  return say("storage", persisted && quota - usage > 300e6 ? "ok" : "warn", words.room.replace("#", free));
}

say("https", window.isSecureContext && crypto.subtle ? "ok" : "bad", location.protocol);
say("offline", window.isSecureContext && "serviceWorker" in navigator && "caches" in window ? "ok" : "bad");
say("gps", window.isSecureContext ? "ask" : "bad");
say("camera", "ask");
storage();
root.querySelector("[data-start=gps]").addEventListener("click", gps);
document.getElementById("shot").addEventListener("change", camera);
