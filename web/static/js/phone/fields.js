// One field of a job's form on the screen, by its kind. `form` state: { values, photos }; each
// part says when it changed.

import { number } from "./coding.js";
import { h, icon } from "./dom.js";
import { readPicture, shown, small } from "./photo.js";
import { num, speech, t } from "./words.js";

const label = (field) => t(`visit.${field.kind === "photo" || field.kind === "signature" ? "photo" : "field"}.${field.name}`);
const head = (field, needed, id) => h("label", { for: id }, label(field), needed ? h("span", { class: "must" }, ` (${t("needed")})`) : null);

const KINDS = { choice, number: numeric, whole: numeric, text, flag, photo, signature, gardu: code, pole: code };

// Return the part of one field; `how`: { filled, changed, needed, order, app, say, wait };
// what takes a moment (a photo made small) is waited for before the visit is saved.
export function part(field, how) {
  const made = (KINDS[field.kind] || text)(field, how, `f-${field.name}`);
  return h("div", { class: "field", "data-field": field.name }, made);
}

function choice(field, how, id) {
  // Many codes are a list to turn; few are buttons.
  return field.choices.length > 8 ? listed(field, how, id) : pressed(field, how, id, field.choices.map((one) => [one, t(`visit.choice.${one}`)]));
}

function listed(field, { filled, changed, needed }, id) {
  const select = h("select", { id, onchange: () => {
    filled.values[field.name] = select.value || undefined;
    changed();
  } }, h("option", { value: "" }, t("choose")), field.choices.map((one) => h("option", { value: one }, t(`visit.choice.${one}`))));
  select.value = filled.values[field.name] || "";
  return [head(field, needed, id), select];
}

// Buttons of which one is pressed; `pairs`: value and word. Pressed again it is taken back.
function pressed(field, { filled, changed, needed }, id, pairs) {
  const pick = (value) => {
    filled.values[field.name] = filled.values[field.name] === value ? undefined : value;
    for (const b of group.children) b.setAttribute("aria-pressed", String(b.dataset.code === String(filled.values[field.name])));
    changed();
  };
  const group = h("div", { class: "grid" }, pairs.map(([one, words]) =>
    h("button", { type: "button", class: "big pick", "data-code": String(one), "aria-pressed": String(filled.values[field.name] === one), onclick: () => pick(one) }, words)));
  return h("div", { role: "group", "aria-labelledby": id }, h("div", { class: "lab", id }, label(field), needed ? h("span", { class: "must" }, ` (${t("needed")})`) : null), group);
}

function numeric(field, { filled, changed, needed }, id) {
  const kept = filled.values[field.name];
  const input = h("input", { id, inputmode: field.kind === "whole" ? "numeric" : "decimal", autocomplete: "off", value: kept === undefined ? "" : speech.lang === "id" ? String(kept).replace(".", ",") : String(kept), oninput: () => {
    const typed = input.value.trim();
    // What is no number stays as it was typed, so that the fault is seen and named.
    filled.values[field.name] = typed === "" ? undefined : (number(typed) ?? typed);
    changed();
  } });
  return [head(field, needed, id), input];
}

function text(field, { filled, changed, needed }, id) {
  const input = h(field.most > 80 ? "textarea" : "input", { id, maxlength: field.most, autocomplete: "off", rows: field.most > 80 ? 2 : null, value: filled.values[field.name] || "", oninput: () => {
    filled.values[field.name] = input.value.trim() || undefined;
    changed();
  } });
  return [head(field, needed, id), input];
}

// Yes and no are both answers; neither pressed is none.
function flag(field, how, id) {
  return pressed(field, how, id, [[true, t("yes")], [false, t("no")]]);
}

// A gardu or a pole: the nearest five as buttons, any other typed.
function code(field, { filled, changed, needed, order }, id) {
  const near = (field.kind === "gardu" ? order.near_gardu : order.near_tiang) || [];
  const recorded = field.kind === "gardu" ? order.recorded_gardu : order.recorded_tiang;
  const set = (value) => {
    filled.values[field.name] = value || undefined;
    for (const b of group.children) b.setAttribute("aria-pressed", String(b.dataset.code === value));
    changed();
  };
  const group = h("div", { class: "grid" }, near.map(([one, metres]) =>
    h("button", { type: "button", class: "big pick", "data-code": one, "aria-pressed": String(filled.values[field.name] === one), onclick: () => {
      input.value = one;
      set(one);
    } }, one, h("span", { class: "sec" }, `${num(metres)} m${one === recorded ? `, ${t("recorded").toLowerCase()}` : ""}`))));
  const input = h("input", { id, maxlength: field.most, autocapitalize: "characters", autocomplete: "off", placeholder: t("other_code"), value: filled.values[field.name] || "", oninput: () => set(input.value.trim().toUpperCase()) });
  return [head(field, needed, id), near.length ? group : null, input];
}

function photo(field, { filled, changed, needed, app, say, wait }, id) {
  const view = h("div", { class: "shot" });
  const input = h("input", { id, type: "file", accept: "image/*", capture: "environment", class: "hidden-name", onchange: () => wait(take()) });
  const take = async () => {
    const picture = input.files[0] && (await readPicture(input.files[0]));
    input.value = "";
    if (!picture) return say(t("photo_bad"), "bad");
    const kept = await app.queue.keepPhoto(await small(picture), (most) => small(picture, most));
    picture.close();
    if (!kept) return say(t("photo_dropped"), "bad");
    if (kept.small) say(t("photo_small"), "warn");
    filled.photos[field.name] = kept;
    changed();
    return draw();
  };
  const button = h("label", { class: "big shutter", for: id }, icon("camera"), h("span", {}, ""));
  const draw = async () => {
    const kept = filled.photos[field.name];
    button.querySelector("span").textContent = kept ? t("retake") : t("take_photo");
    const bytes = kept && (await app.queue.photo(kept.sha256));
    view.replaceChildren(...(bytes ? [h("img", { src: await shown(bytes), alt: label(field) }), h("span", { class: "sec" }, t("kept_size", { kb: num(kept.bytes / 1000) }))] : []));
  };
  draw();
  return [h("div", { class: "lab" }, label(field), needed ? h("span", { class: "must" }, ` (${t("needed")})`) : null), h("div", { class: "camera" }, input, button, view)];
}

function signature(field, { filled, changed, needed, app, say, wait }, id) {
  const canvas = h("canvas", { class: "sign", id, width: 640, height: 240, role: "img", "aria-label": t("sign") });
  const pen = canvas.getContext("2d");
  const blank = () => {
    pen.fillStyle = "#fff";
    pen.fillRect(0, 0, 640, 240);
    Object.assign(pen, { strokeStyle: "#000", lineWidth: 4, lineCap: "round", lineJoin: "round" });
  };
  blank();
  let from = null;
  const at = (event) => {
    const box = canvas.getBoundingClientRect();
    return [((event.clientX - box.left) * 640) / box.width, ((event.clientY - box.top) * 240) / box.height];
  };
  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    from = at(event);
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!from) return;
    const to = at(event);
    pen.beginPath();
    pen.moveTo(...from);
    pen.lineTo(...to);
    pen.stroke();
    from = to;
  });
  canvas.addEventListener("pointerup", () => {
    if (from) wait(keep());
    from = null;
  });
  const keep = async () => {
    const kept = await app.queue.keepPhoto(await small(canvas, 30_000), (most) => small(canvas, Math.min(most, 12_000)));
    if (!kept) return say(t("photo_dropped"), "bad");
    filled.photos[field.name] = kept;
    return changed();
  };
  // What was signed before the app was pushed out of memory is shown again.
  const { sha256 } = filled.photos[field.name] || {};
  if (sha256) app.queue.photo(sha256).then((bytes) => bytes && createImageBitmap(new Blob([bytes]))).then((drawn) => drawn && pen.drawImage(drawn, 0, 0, 640, 240)).catch(() => {});
  const clear = h("button", { type: "button", class: "big", onclick: () => {
    blank();
    delete filled.photos[field.name];
    changed();
  } }, t("clear"));
  return [h("div", { class: "lab" }, label(field), needed ? h("span", { class: "must" }, ` (${t("needed")})`) : null), canvas, clear];
}

export const labelOf = label;
