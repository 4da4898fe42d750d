// One tap a pole: an answer is held for ten seconds, can be undone, then is sent. What was sent
// and not confirmed stays on this phone and is sent again; its ids make twice once. What the
// server refuses is said with its reason, stays here for the office, and is not sent again by
// itself; the others go on.
(() => {
  const root = document.querySelector("[data-telusur]");
  if (!root) return;
  const HOLD_S = 10;
  const shelf = `telusur:${root.dataset.siapa}`;
  const token = root.querySelector("[name=csrf_token]")?.value || "";
  const held = new Map();
  const counted = new Set();
  let done = Number(root.dataset.done);
  let sending = false;

  const uuid = () => {
    const b = crypto.getRandomValues(new Uint8Array(16));
    b[6] = (b[6] & 15) | 64; b[8] = (b[8] & 63) | 128;
    const h = [...b].map((x) => x.toString(16).padStart(2, "0")).join("");
    return [h.slice(0, 8), h.slice(8, 12), h.slice(12, 16), h.slice(16, 20), h.slice(20)].join("-");
  };
  // A phone may refuse to keep anything (private mode): then what waits is in memory only.
  let memory = [];
  const waiting = () => {
    try { return JSON.parse(localStorage.getItem(shelf) || "[]"); } catch { return memory; }
  };
  const pending = () => waiting().filter((one) => !one.refused);
  let away = false; // the log-in has ended: nothing can be sent until it is done again
  const keep = (list) => {
    memory = list;
    try { localStorage.setItem(shelf, JSON.stringify(list)); } catch { /* memory holds it */ }
    const n = list.reduce((sum, one) => sum + (one.refused ? 0 : one.jawab.length), 0);
    root.querySelector("[data-unsent]").textContent = n ? root.dataset[away ? "login" : "waits"].replace("#", n) : "";
    listRefused(list.filter((one) => one.refused));
  };
  const body = (one) => {
    const form = new FormData();
    form.append("csrf_token", token);
    form.append("lewat", "skrip");
    form.append("tiang", one.tiang);
    form.append("pada", one.pada);
    for (const line of one.jawab) form.append("jawab", line);
    return form;
  };
  const take = (id) => keep(waiting().filter((one) => one.id !== id));
  const show = (id, kind, words) => {
    const bar = root.querySelector(`[data-held][data-id="${id}"]`);
    if (!bar) return;
    bar.className = `held ${kind}`;
    bar.querySelector("[data-held-words]").textContent = words;
    bar.querySelector("[data-undo]").hidden = true;
  };
  // No signal, a busy server or one at fault: that passes, so it is tried again.
  const passes = (status) => status === 408 || status === 429 || status >= 500;
  const reason = async (answer) => {
    const told = new DOMParser().parseFromString(await answer.text(), "text/html");
    const said = ["h1", "h1 ~ p.note", "h1 ~ p:not(.note):not(.muted)"].map((part) => told.querySelector(part)?.textContent.trim());
    return said.filter(Boolean).join(". ") || String(answer.status);
  };
  const send = async () => {
    if (sending) return;
    sending = true;
    const tried = new Set();
    // What was put onto the shelf meanwhile goes in the same round.
    const next = () => pending().find((one) => !tried.has(one.id));
    for (let one = next(); one; one = next()) {
      tried.add(one.id);
      const { id } = one;
      const answer = await fetch(one.to, { method: "POST", body: body(one), headers: { Accept: "application/json" } }).catch(() => null);
      away = Boolean(answer?.redirected);
      if (answer && answer.ok && !away) {
        take(one.id);
        show(one.id, "kept", root.dataset.kept);
      } else if (answer && !away && !passes(answer.status)) {
        const why = await reason(answer);
        keep(waiting().map((other) => (other.id === id ? { ...other, refused: why } : other)));
        mark(one, false);
        show(one.id, "bad", `${root.dataset.refused}: ${why}`);
      }
    }
    sending = false;
    keep(waiting());
  };
  // --- what was refused: its reason, once more by hand, or as the file that the office takes in
  // No sheet may run what was typed.
  const cell = (text) => `"${String(text ?? "").replace(/^[=+@-]/, "'$&").replaceAll('"', '""')}"`;
  const asFile = (list) => {
    const rows = list.flatMap((one) => one.jawab.map((line) => {
      const [client, house, outcome, gardu] = line.split("|");
      return [one.idpels?.[house], outcome, gardu, one.tiang, "0", "", one.pada, client, one.refused].map(cell).join(",");
    }));
    return ["idpel,outcome,gardu,tiang,control,officer,at,client_id,ditolak", ...rows].join("\r\n");
  };
  const listRefused = (list) => {
    const box = root.querySelector("[data-turned-down]");
    box.hidden = list.length === 0;
    box.querySelector("ul").replaceChildren(...list.map((one) => {
      const item = document.createElement("li");
      const again = document.createElement("button");
      again.type = "button";
      again.className = "btn sm";
      again.textContent = root.dataset.again;
      again.onclick = () => {
        keep(waiting().map((other) => (other.id === one.id ? { ...other, refused: undefined } : other)));
        send();
      };
      const words = document.createElement("span");
      const where = `${root.dataset.hung.replace("#", one.tiang || "?")}, ${root.dataset.answers.replace("#", one.jawab.length)}`;
      words.textContent = `${where}: ${root.dataset.refused}: ${one.refused}`;
      item.append(words, again);
      return item;
    }));
  };
  root.querySelector("[data-file]").onclick = (event) => {
    const list = waiting().filter((one) => one.refused);
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob(["\ufeff", asFile(list)], { type: "text/csv" }));
    link.download = root.dataset.file;
    link.click();
    URL.revokeObjectURL(link.href);
    event.target.dataset.given = list.map((one) => one.id).join(" ");
    root.querySelector("[data-hand-over]").disabled = false;
  };
  // Only what lies in the file that was made may leave this phone.
  root.querySelector("[data-hand-over]").onclick = (event) => {
    const given = (root.querySelector("[data-file]").dataset.given || "").split(" ");
    event.target.disabled = true;
    keep(waiting().filter((one) => !(one.refused && given.includes(one.id))));
  };
  const mark = (one, given) => {
    for (const line of one.jawab) {
      const [, house, outcome, gardu] = line.split("|");
      const row = root.querySelector(`[data-house="${house}"]`);
      if (!row) continue;
      const tag = row.querySelector("[data-said]");
      if (given) {
        one.was ??= {};
        one.was[house] = { text: tag.textContent, hidden: tag.hidden };
        tag.textContent = one.words[house] || `${outcome} ${gardu}`.trim();
        tag.hidden = false;
        if (!row.hasAttribute("data-answered") && !counted.has(house)) { counted.add(house); done += 1; }
      } else {
        const was = one.was?.[house] || { text: "", hidden: true };
        tag.textContent = was.text; tag.hidden = was.hidden;
        if (counted.delete(house)) done -= 1;
      }
    }
    count();
  };
  const count = () => {
    root.querySelector("[data-count]").textContent = root.dataset.progress.replace("#", done);
    root.querySelector(".sync").classList.toggle("ok", done === Number(root.dataset.total));
    for (const pole of root.querySelectorAll("[data-pole]")) {
      const rows = [...pole.querySelectorAll("[data-house]")];
      const n = rows.filter((r) => r.hasAttribute("data-answered") || counted.has(r.dataset.house)).length;
      pole.querySelector("[data-pole-done]").textContent = n;
      pole.querySelector("[data-ring]").classList.toggle("done", n === rows.length);
      const tap = pole.querySelector("form.tap");
      if (tap) tap.hidden = pole.querySelector("[data-held]:not([hidden])") !== null || n === rows.length;
    }
  };
  // What is held goes onto the shelf first and leaves it only when the server has said yes.
  const release = (ids) => {
    const list = waiting();
    for (const id of ids) {
      const one = held.get(id);
      if (!one) continue;
      window.clearInterval(one.timer);
      held.delete(id);
      list.push({ id, to: one.to, tiang: one.tiang, pada: one.pada, jawab: one.jawab, idpels: one.idpels });
      show(id, "", "…");
    }
    keep(list);
  };
  const hold = (form, pressed) => {
    const pole = form.closest("[data-pole]");
    const old = pole.querySelector("[data-held]");
    if (old.dataset.id && held.has(old.dataset.id)) { release([old.dataset.id]); send(); }
    const data = new FormData(form);
    const said = pressed?.name === "hasil" ? pressed.value : "";
    const jawab = data.getAll("jawab").filter((line) => {
      const row = root.querySelector(`[data-house="${line.split("|")[1]}"]`);
      return said || !(row.hasAttribute("data-answered") || counted.has(row.dataset.house));
    }).map((line) => {
      const part = line.split("|");
      const [outcome, gardu] = said ? [...said.split("|"), data.get("gardu").trim().toUpperCase()] : part.slice(2);
      return [uuid(), part[1], outcome, gardu].join("|");
    });
    if (!jawab.length) return;
    const words = pressed.textContent.trim();
    const one = { to: root.dataset.telusur, tiang: data.get("tiang"), pada: new Date().toISOString(), jawab, words: {}, idpels: {} };
    for (const line of jawab) {
      const [, house, outcome, gardu] = line.split("|");
      one.idpels[house] = root.querySelector(`[data-house="${house}"] b`)?.textContent.replace(/\D/g, "");
      one.words[house] = said ? (outcome === "gardu_lain" ? gardu : words) : root.querySelector("h2") && document.querySelector("h1").textContent;
    }
    const id = uuid();
    const bar = old;
    bar.dataset.id = id;
    bar.className = "held";
    bar.hidden = false;
    bar.querySelector("[data-held-words]").textContent = said ? Object.values(one.words)[0] : words;
    const undo = bar.querySelector("[data-undo]");
    undo.hidden = false;
    let left = HOLD_S;
    const tell = () => { undo.textContent = root.dataset.left.replace("#", left); };
    tell();
    held.set(id, one);
    mark(one, true);
    one.timer = window.setInterval(() => {
      left -= 1;
      if (left > 0) { tell(); return; }
      release([id]);
      send();
    }, 1000);
    undo.onclick = () => {
      window.clearInterval(one.timer);
      held.delete(id);
      bar.hidden = true;
      mark(one, false);
    };
    undo.focus({ preventScroll: true });
  };
  for (const box of root.querySelectorAll("[data-sure]")) box.remove();
  for (const form of root.querySelectorAll("form[data-answer]")) {
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const other = form.querySelector("[name=gardu]");
      if (event.submitter?.value === "gardu_lain" && !other.value.trim()) { other.focus(); return; }
      hold(form, event.submitter);
    });
  }
  window.addEventListener("pagehide", () => {
    release([...held.keys()]);
    for (const one of pending()) navigator.sendBeacon(one.to, body(one));
  });
  // Beacons answer nobody: the next page sends the same ids again, and they are known already.
  window.addEventListener("pageshow", send);
  window.addEventListener("online", send);
  window.setInterval(() => { if (pending().length) send(); }, 30000);
  keep(waiting());
})();
