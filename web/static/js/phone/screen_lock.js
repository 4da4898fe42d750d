// Before the app is open: what stops it, the first set-up, the PIN.

import { h, show } from "./dom.js";
import { bar, exportQueue, languageButton } from "./parts.js";
import { forOffice, fresh, lock, penalty, sealed, unlock, weak } from "./seal.js";
import { Refused, SignedOut, Wire } from "./send.js";
import { speech, t } from "./words.js";

export function stopScreen(app, why) {
  show(app.root, bar("rbmgeo"), h("main", { class: "page" }, h("p", { class: "note bad" }, t(why)), h("a", { class: "big p", href: "/hp" }, t("check"))));
}

const pinField = (id, words) => [
  h("label", { for: id }, words),
  h("input", { id, type: "password", inputmode: "numeric", autocomplete: "off", maxlength: 12, required: true }),
];

export async function setupScreen(app) {
  const again = () => setupScreen(app);
  const head = bar(t("setup"), { more: languageButton(app, again) });
  show(app.root, head, h("main", { class: "page" }, h("p", {}, t("opening"))));
  let said;
  try {
    said = await new Wire(app.ulp, app.device).hello();
  } catch (fault) {
    const out = fault instanceof SignedOut;
    const words = fault instanceof Refused ? fault.words[speech.lang === "id" ? 0 : 1] : t(out ? "setup_why" : "away");
    const act = out ? h("a", { class: "big p", href: `/masuk?next=/${app.ulp}/hp` }, t("signin")) : h("button", { class: "big p", onclick: again }, t("again"));
    return show(app.root, bar(t("setup"), { more: languageButton(app, again) }),
      h("main", { class: "page" }, h("p", { class: out ? "" : "note bad" }, words)), h("footer", { class: "foot" }, act));
  }
  // Until the officer chooses, the app speaks as the unit's pages do.
  if (!app.chosen) {
    app.chosen = true;
    await app.speak(said.lang === "en" ? "en" : "id");
  }
  const fault = h("p", { class: "note bad", role: "alert", hidden: true });
  const form = h("form", { id: "pin", class: "fields", onsubmit: (event) => {
    event.preventDefault();
    const [pin, twice] = ["p1", "p2"].map((id) => document.getElementById(id).value);
    const wrong = weak(pin) ? "pin_weak" : pin !== twice ? "pin_differs" : null;
    fault.hidden = !wrong;
    fault.textContent = wrong ? t(wrong) : "";
    if (!wrong) setUp(app, said, pin);
  } }, pinField("p1", t("pin")), pinField("p2", t("pin_again")), fault, h("p", { class: "sec" }, t("pin_note")));
  return show(app.root, bar(t("setup"), { more: languageButton(app, again) }),
    h("main", { class: "page" }, h("p", {}, `${t("hello")}: `, h("b", {}, said.name), `, ${said.ulp} ${said.unit}`), h("p", { class: "sec" }, t("setup_why")), form),
    h("footer", { class: "foot" }, h("button", { class: "big p", form: "pin" }, t("pin_save"))));
}

async function setUp(app, said, pin) {
  const key = await fresh();
  const kept = await lock(key, pin);
  const wrapped_key = await forOffice(key, said.key.jwk);
  const who = await sealed(key, { login: said.login, name: said.name, unit: said.unit });
  // Key for the officer, key for the office, and who it is: all of it or nothing.
  await app.store.run(["keep"], "readwrite", (s) => {
    s.keep.put(kept, "lock");
    s.keep.put({ key_id: said.key.id, wrapped_key }, "office");
    s.keep.put(who, "who");
    s.keep.put(app.device, "device");
  });
  const persisted = (await navigator.storage?.persist?.()) || false;
  await app.store.put("keep", persisted, "persisted");
  await app.unlocked(key);
}

export async function lockScreen(app) {
  const again = () => lockScreen(app);
  app.foresee();
  const tries = (await app.store.get("keep", "tries")) || { wrong: 0, until: 0 };
  const words = h("p", { class: "note bad", role: "alert", hidden: true });
  const button = h("button", { class: "big p", form: "pin" }, t("open"));
  let busy = false;
  // Waiting is counted by the clock that the phone shows and by what it kept: no reload shortens it.
  const hold = () => {
    const left = Math.ceil((tries.until - Date.now()) / 1000);
    words.hidden = tries.wrong === 0;
    words.textContent = left > 0 ? t("pin_wait", { n: left }) : t("pin_wrong");
    button.disabled = left > 0 || busy;
    if (left > 0) setTimeout(hold, 500);
  };
  const form = h("form", { id: "pin", class: "fields", onsubmit: async (event) => {
    event.preventDefault();
    if (busy || Date.now() < tries.until) return;
    busy = true;
    button.disabled = true;
    const field = document.getElementById("p1");
    // Counted before it is tried: who kills the app in between has had his try all the same.
    tries.wrong += 1;
    tries.until = Date.now() + penalty(tries.wrong);
    const counted = app.store.put("keep", tries, "tries").catch(() => {});
    const tried = unlock(await app.store.get("keep", "lock"), field.value);
    await counted;
    const key = await tried;
    busy = false;
    if (key) {
      app.store.remove("keep", "tries").catch(() => {});
      return app.unlocked(key);
    }
    field.value = "";
    return hold();
  } }, pinField("p1", t("pin")), words);
  show(app.root, bar(t("locked"), { more: languageButton(app, again) }),
    h("main", { class: "page" }, form, h("details", { class: "fold" }, h("summary", {}, t("forgot")), forgotten(app))),
    h("footer", { class: "foot" }, button));
  document.getElementById("p1").focus();
  if (tries.wrong) hold();
}

function forgotten(app) {
  const told = h("p", { role: "status" });
  const restart = h("button", { class: "big danger", hidden: true, onclick: async () => {
    if (!restart.dataset.sure) {
      restart.dataset.sure = "1";
      told.textContent = t("restart_sure");
      return;
    }
    await app.store.wipe();
    location.reload();
  } }, t("restart"));
  return h("div", { class: "fields" }, h("p", {}, t("forgot_why")),
    h("button", { class: "big", onclick: async () => {
      const { name, count } = await exportQueue(app);
      told.textContent = t("exported", { n: count, name });
      restart.hidden = false;
    } }, t("export")), told, restart);
}
