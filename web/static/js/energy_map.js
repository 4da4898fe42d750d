// The year of every gardu on the map that map.js drew: another month or measure restyles what is
// there, without a request; table, legend, sums and card follow. Text goes in by textContent.
(() => {
  "use strict";
  const frame = document.querySelector("[data-energy]");
  const said = document.getElementById("energy-words");
  if (!frame || !said) return;
  const words = JSON.parse(said.textContent);
  const lang = document.documentElement.lang || "id";
  const NONE = "–";

  // --- numbers as the server writes them
  const whole = new Intl.NumberFormat(lang, { maximumFractionDigits: 0 });
  const signs = new Intl.NumberFormat(lang).formatToParts(1234567.5);
  const point = signs.find((p) => p.type === "decimal").value;
  const minus = (text) => text.replace(/-/g, "−");
  const num = (n) => (n === null || n === undefined ? NONE : minus(whole.format(n)));
  // Made once: a month writes some ten thousand numbers.
  const shares = [0, 1].map((digits) => new Intl.NumberFormat(lang, { minimumFractionDigits: digits, maximumFractionDigits: digits, roundingMode: "halfEven" }));
  const pct = (share, digits = 0, sign = false) => {
    if (share === null || share === undefined) return NONE;
    const text = shares[digits].format(100 * share);
    return `${sign && share > 0 ? "+" : ""}${minus(text)} %`;
  };
  // Every digit that the server told: a kWh is one number on the map, in the table and in files.
  const exact = (text) => {
    if (text === null || text === undefined) return NONE;
    const [, sign, before, after = ""] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text);
    const rest = after.replace(/0+$/, "");
    return `${sign ? "−" : ""}${whole.format(BigInt(before))}${rest ? point + rest : ""}`;
  };

  const el = (tag, name, text) => {
    const made = document.createElement(tag);
    if (name) made.className = name;
    if (text !== undefined) made.textContent = text;
    return made;
  };

  const begin = () => {
    const { map, data, ink, sign, LEGEND, signsOf, radiusOf, redraw } = frame.drawnMap;
    const slider = document.getElementById("month");
    let at = Number(frame.dataset.at);
    let measure = frame.dataset.measure;
    let picked = null;

    // --- how a gardu looks in a month
    const colours = { jam: "seq", beban: "seq", ubah: "div" };
    const used = (row, n) => Number(row.kwh[n] || 0) + Number(row.token_kwh[n] || 0);
    const look = (g) => {
      const row = data.rows[g.i];
      const grade = row.class[measure][at];
      g.grade = grade;
      g.v = row.known[at] && row.kwh[at] !== null ? used(row, at) : null;
      g.c = "12345".includes(grade) ? `${colours[measure]}-${grade}` : "";
      g.h = g.c ? "" : { i: "part", u: "unsaid", n: "none", s: "shut" }[grade];
      g.mark = ["", "tinggi", "mustahil"][Number(row.mark[at])];
      g.t = () => hint(row, grade);
    };
    const hint = (row, grade) => {
      if (grade === "s") return words.few;
      if (!row.known[at]) return words.no_data;
      const figure = { jam: num(row.hours[at]), beban: pct(row.load[at]), ubah: pct(row.change[at], 1, true) }[measure];
      const judged = "iu".includes(grade) ? words.classes[measure][grade] : `${words.measures[measure]} ${figure}`;
      return `${exact(row.kwh[at])} + ${exact(row.token_kwh[at])} token kWh, ${judged}`;
    };

    // --- legend: fixed classes, counts of this month over every gardu
    const list = document.getElementById("classes");
    const title = document.getElementById("measure-title");
    const entry = (draw, text, n) => {
      const item = el("li");
      item.append(sign(draw), el("span", "", text), el("span", "n", num(n)));
      list.append(item);
    };
    const legend = () => {
      title.textContent = words.measures[measure];
      document.querySelectorAll("[data-measure-name]").forEach((one) => { one.textContent = words.measures[measure]; });
      list.replaceChildren();
      const count = {};
      data.rows.forEach((row) => { const c = row.class[measure][at]; count[c] = (count[c] || 0) + 1; });
      for (const [grade, text] of Object.entries(words.classes[measure])) {
        const n = count[grade] || 0;
        document.querySelectorAll(`[data-class="${grade}"]`).forEach((cell) => { cell.textContent = num(n); });
        document.querySelectorAll(`[data-class-words="${grade}"]`).forEach((cell) => { cell.textContent = text; });
        if (!"12345".includes(grade) && !n) continue;
        entry((c, p) => signsOf({ c: "12345".includes(grade) ? `${colours[measure]}-${grade}` : "", h: { i: "part", u: "unsaid", n: "none", s: "shut" }[grade] })(c, p, 8), text, n);
      }
      for (const [k, name] of [[2, "mark"], [1, "mark_high"]]) {
        const n = data.rows.filter((row) => Number(row.mark[at]) === k).length;
        if (n) entry(LEGEND[name], words.marks[k - 1], n);
      }
      if (data.without) entry(() => {}, frame.querySelector("[href='#tabel']").textContent, data.without);
    };

    // --- sample circles, as large as the map has them now
    const nice = (v) => { const p = 10 ** Math.floor(Math.log10(v)); return [5, 2, 1].map((k) => k * p).find((k) => k <= v) || p; };
    const sizes = document.getElementById("sizes");
    const samples = () => {
      const dense = window.devicePixelRatio || 1;
      const [wide, high] = [sizes.clientWidth, sizes.clientHeight];
      sizes.width = wide * dense;
      sizes.height = high * dense;
      const c = sizes.getContext("2d");
      c.scale(dense, dense);
      c.strokeStyle = ink("ink");
      c.fillStyle = ink("ink-2");
      c.font = `12px ${getComputedStyle(sizes).fontFamily}`;
      c.textAlign = "center";
      [0.06, 0.3, 1].forEach((part, k) => {
        const v = nice(Math.max(1, data.most * part));
        const r = Math.min(27, radiusOf(v));
        const x = wide * (0.16 + 0.33 * k);
        c.beginPath();
        c.arc(x, high - 20 - r, r, 0, 2 * Math.PI);
        c.stroke();
        c.fillText(num(v), x, high - 4);
      });
    };

    // --- the table says the same month
    const cells = [...document.querySelectorAll("#tabel tr[data-row]")].map((tr) => ({
      row: data.rows[Number(tr.dataset.row)],
      of: Object.fromEntries([...tr.querySelectorAll("[data-f]")].map((td) => [td.dataset.f, td])),
    }));
    const table = () => {
      for (const { row, of } of cells) {
        const known = row.known[at];
        const shut = row.class.jam[at] === "s";
        const write = (name, text, hatched) => { of[name].textContent = text; of[name].classList.toggle("hatched", Boolean(hatched)); };
        write("customers", num(row.customers[at]));
        write("read", num(row.read[at]));
        write("kwh", known ? exact(row.kwh[at]) : NONE, !known || shut);
        write("token_kwh", known ? exact(row.token_kwh[at]) : NONE, !known || shut);
        const part = row.class.jam[at] !== "s" && (row.class.jam[at] === "i" || !known);
        write("coverage", pct(row.coverage[at]), part);
        write("hours", known ? num(row.hours[at]) : NONE, "ins".includes(row.class.jam[at]));
        write("load", known ? pct(row.load[at]) : NONE, "ins".includes(row.class.beban[at]));
        write("change", pct(row.change[at], 1, true), "ins".includes(row.class.ubah[at]));
        of.state.replaceChildren();
        const mark = Number(row.mark[at]);
        if (shut) of.state.textContent = words.few;
        else if (!known) of.state.textContent = words.no_data;
        else {
          if (mark) of.state.append(el("span", `tag ${mark === 2 ? "bad" : "warn"}`, words.marks[mark - 1]), " ");
          if (part) of.state.append(words.incomplete);
        }
      }
      const total = data.totals[at];
      document.querySelectorAll("[data-t]").forEach((cell) => {
        const value = total[cell.dataset.t];
        cell.textContent = typeof value === "number" ? num(value) : exact(value);
      });
    };

    // --- the card of one gardu
    const card = document.getElementById("gardu-card");
    const ring = L.circleMarker([0, 0], { radius: 12, color: ink("focus"), weight: 3, fill: false, interactive: false });
    const shut = () => { picked = null; card.hidden = true; ring.remove(); document.getElementById("pick").value = ""; };
    const code = (i) => cells[i].of.kwh.closest("tr").querySelector("th").textContent;
    const show = () => {
      if (picked === null) return;
      const row = data.rows[picked];
      const name = code(picked);
      const close = el("button", "shut", "×");
      close.type = "button";
      close.setAttribute("aria-label", data.words.close || "×");
      close.addEventListener("click", () => { shut(); slider.focus(); });
      const big = el("p", "big");
      const few = row.class.jam[at] === "s";
      if (row.known[at] && !few) big.append(exact(row.kwh[at]), " ", el("small", "", `${words.kwh}, ${words.months[at]}`));
      else big.append(few ? words.few : words.no_data, " ", el("small", "", words.months[at]));
      const bars = el("p", "year-bars");
      bars.setAttribute("role", "img");
      const most = Math.max(1, ...row.kwh.map((_, n) => used(row, n)));
      bars.setAttribute("aria-label", words.months.map((m, n) => `${m} ${row.known[n] ? exact(row.kwh[n]) : words.no_data}`).join("; "));
      data.months.forEach((_, n) => {
        const bar = el("span", row.known[n] && row.kwh[n] !== null ? (n === at ? "on" : "") : "none");
        if (row.known[n]) bar.style.height = `${Math.max(2, (100 * used(row, n)) / most)}%`;
        bar.title = words.months[n];
        bars.append(bar);
      });
      const facts = el("dl");
      const fact = (term, value, hatched) => { const dd = el("dd", hatched ? "hatched" : "", value); facts.append(el("dt", "", term), dd); };
      fact(words.token, row.known[at] ? exact(row.token_kwh[at]) : NONE);
      fact(words.hours, `${num(row.hours[at])}${row.class.jam[at] === "i" ? `, ${words.incomplete}` : ""}`, row.class.jam[at] === "i");
      fact(words.load, `${pct(row.load[at])}${row.class.beban[at] === "i" ? `, ${words.incomplete}` : ""}`, row.class.beban[at] === "i");
      fact(words.change, pct(row.change[at], 1, true), row.class.ubah[at] === "i");
      fact(words.coverage, pct(row.coverage[at]));
      fact(words.customers, `${num(row.customers[at])}, ${num(row.read[at])} ${words.read}`);
      const mark = Number(row.mark[at]);
      card.replaceChildren(close, el("h2", "", name), big, bars, facts);
      if (mark) card.insertBefore(el("p", `tag ${mark === 2 ? "bad" : "warn"}`, words.marks[mark - 1]), facts);
      const links = el("div", "actions");
      const link = (text, href) => { const a = el("a", "btn sm", text); a.href = href; links.append(a); };
      if (frame.dataset.card) link(words.open, `${frame.dataset.card}${encodeURIComponent(name)}?sampai=${data.months[at]}`);
      if (frame.dataset.drill) link(words.drill, `${frame.dataset.drill}?bulan=${data.months[at]}&gardu=${encodeURIComponent(name)}`);
      card.append(links);
      card.hidden = false;
    };
    const pick = (i, near) => {
      picked = i;
      document.getElementById("pick").value = String(i);
      const g = data.gardu.find((one) => one.i === i);
      if (g) {
        ring.setLatLng([g.y, g.x]).setRadius(radiusOf(g.v) + 5).addTo(map);
        if (near && !map.getBounds().pad(-0.15).contains([g.y, g.x])) map.panTo([g.y, g.x], { animate: false });
      } else ring.remove();
      show();
      // What was chosen is not to lie below its own card.
      const covered = g && getComputedStyle(card).position === "absolute" ? map.latLngToContainerPoint([g.y, g.x]).x - (card.offsetLeft - 40) : 0;
      if (covered > 0) map.panBy([covered, 0], { animate: false });
      card.focus({ preventScroll: true });
    };
    frame.addEventListener("gardu-picked", (event) => pick(event.detail.i));
    document.getElementById("pick").addEventListener("change", (event) => (event.target.value === "" ? shut() : pick(Number(event.target.value), true)));
    card.addEventListener("keydown", (event) => { if (event.key === "Escape") { shut(); slider.focus(); } });

    // --- months
    const ticks = frame.querySelector(".ticks");
    words.short.forEach((name) => ticks.append(el("span", "", name.replace(/^(\S+) \d\d(\d\d)$/, "$1 $2"))));
    const all = () => {
      data.gardu.forEach(look);
      redraw();
      legend();
      table();
      show();
      const g = data.gardu.find((one) => one.i === picked);
      if (g) ring.setRadius(radiusOf(g.v) + 5);
      slider.setAttribute("aria-valuetext", words.months[at]);
      slider.value = String(at);
      [...ticks.children].forEach((tick, n) => tick.classList.toggle("on", n === at));
      document.querySelectorAll("[data-month]").forEach((one) => { one.textContent = words.months[at]; });
      const total = data.totals[at];
      frame.querySelector("[data-total]").textContent = `${exact(total.kwh)} kWh`;
      const n = data.rows.filter((row) => row.known[at]).length;
      frame.querySelector("[data-known]").textContent = words.on_map.replace("{n}", num(n)).replace("{all}", num(data.rows.length));
      frame.dataset.shown = data.months[at];
      // Links carry month and measure; the address itself stays, since to change it asks the server for its icon.
      document.querySelectorAll("[data-of-month]").forEach((a) => { const u = new URL(a.href); u.searchParams.set("bulan", data.months[at]); if (u.searchParams.has("warna")) u.searchParams.set("warna", measure); a.href = u; });
    };
    slider.addEventListener("input", () => { at = Number(slider.value); all(); });
    frame.querySelectorAll("input[name=warna]").forEach((one) => one.addEventListener("change", () => { measure = one.value; all(); }));
    const play = document.getElementById("play");
    let running = null;
    const stop = () => { window.clearInterval(running); running = null; play.setAttribute("aria-pressed", "false"); play.textContent = words.play; };
    play.disabled = data.months.length < 2;
    play.addEventListener("click", () => {
      if (running) { stop(); return; }
      play.setAttribute("aria-pressed", "true");
      play.textContent = words.pause;
      if (at === data.months.length - 1) at = -1;
      const step = () => { at += 1; all(); if (at >= data.months.length - 1) stop(); };
      running = window.setInterval(step, 900);
      step();
    });
    slider.addEventListener("pointerdown", stop);
    map.on("zoomend", () => { samples(); const g = data.gardu.find((one) => one.i === picked); if (g) ring.setRadius(radiusOf(g.v) + 5); });
    all();
    samples();
    frame.dataset.ready = "1";
  };
  if (frame.drawnMap) begin();
  else frame.addEventListener("map-drawn", begin);
})();
