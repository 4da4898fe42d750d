// The little that needs a script: the menu on a phone, a month picked, a job watched.
(() => {
  const menu = document.querySelector("[data-menu]");
  if (menu) {
    const nav = document.getElementById("nav");
    menu.addEventListener("click", () => {
      menu.setAttribute("aria-expanded", String(nav.classList.toggle("open")));
    });
  }
  for (const pick of document.querySelectorAll("select[data-go]")) {
    // Arrows pass over what is not wanted: by keys the choice is taken with Enter, not at each step.
    const began = pick.value;
    const go = () => { if (pick.value !== began) window.location.href = pick.value; };
    let key = "";
    pick.addEventListener("pointerdown", () => { key = ""; });
    pick.addEventListener("keydown", (event) => { key = event.key; if (key === "Enter") go(); });
    pick.addEventListener("change", () => { if (["", "Enter", " "].includes(key)) go(); });
  }
  for (const button of document.querySelectorAll("[data-here]")) {
    const form = button.closest("form");
    button.hidden = !navigator.geolocation;
    button.addEventListener("click", () => {
      button.disabled = true;
      navigator.geolocation.getCurrentPosition(
        ({ coords }) => {
          form.elements.lon.value = coords.longitude.toFixed(6);
          form.elements.lat.value = coords.latitude.toFixed(6);
          form.elements.accuracy_m.value = Math.ceil(coords.accuracy);
          button.disabled = false;
        },
        () => { button.disabled = false; form.elements.lon.focus(); },
        { enableHighAccuracy: true, timeout: 20000 },
      );
    });
  }
  for (const button of document.querySelectorAll("[data-print]")) {
    button.addEventListener("click", () => window.print());
  }
  const once = (form) => form.addEventListener("submit", (event) => {
    // Two buttons may mean two things: the one pressed goes along, then none can be pressed.
    const pressed = event.submitter;
    if (pressed && pressed.name) {
      const kept = document.createElement("input");
      kept.type = "hidden"; kept.name = pressed.name; kept.value = pressed.value;
      form.append(kept);
    }
    for (const b of form.querySelectorAll("button")) b.disabled = true;
  });
  for (const form of document.querySelectorAll("form[data-once]")) once(form);
  // The place of a phone, asked for only when the button is pressed; shown where it can be had.
  for (const button of document.querySelectorAll("[data-locate]")) {
    if (!navigator.geolocation || !window.isSecureContext) continue;
    button.hidden = false;
    button.addEventListener("click", () => navigator.geolocation.getCurrentPosition((found) => {
      const told = [found.coords.longitude.toFixed(6), found.coords.latitude.toFixed(6), Math.min(found.coords.accuracy, 1000).toFixed(0)];
      button.dataset.locate.split(" ").forEach((name, n) => { document.getElementById(name).value = told[n]; });
    }, () => { button.disabled = true; }, { enableHighAccuracy: true, timeout: 20000 }));
  }
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const open of document.querySelectorAll("details.who[open]")) open.open = false;
  });
  // A list that is walked by keys: arrows choose a row, Enter presses its button.
  const walk = document.querySelector("table[data-walk]");
  if (walk) {
    const rows = [...walk.tBodies[0].rows];
    let at = Math.min(Number(walk.dataset.walk) || 0, rows.length - 1);
    const choose = (to, move) => {
      rows[at].classList.remove("on");
      at = Math.max(0, Math.min(to, rows.length - 1));
      rows[at].classList.add("on");
      for (const row of rows) row.tabIndex = row === rows[at] ? 0 : -1;
      if (move) rows[at].focus();
    };
    choose(at, walk.dataset.walk !== "0");
    walk.addEventListener("focusin", (event) => {
      const row = event.target.closest("tbody tr");
      if (row) choose(rows.indexOf(row), false);
    });
    document.addEventListener("keydown", (event) => {
      const inside = event.target.closest("a,button,input,select,textarea,summary");
      if (event.altKey || event.ctrlKey || event.metaKey) return;
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        if (inside && inside.matches("input,select,textarea")) return;
        event.preventDefault();
        choose(at + (event.key === "ArrowDown" ? 1 : -1), true);
      } else if (event.key === "Enter" && !inside) {
        const button = rows[at].querySelector("[data-accept]");
        if (button && !button.disabled) { event.preventDefault(); button.click(); }
      }
    });
  }
  // A consignment: files chosen or dropped, folders too, and a job watched without a jump.
  const plain = (text) => document.createTextNode(text);
  const entries = async (entry) => {
    if (entry.isFile) return [await new Promise((ok, no) => entry.file(ok, no))];
    const reader = entry.createReader();
    const found = [];
    for (;;) {
      const some = await new Promise((ok, no) => reader.readEntries(ok, no));
      if (!some.length) return found;
      for (const one of some) found.push(...await entries(one));
    }
  };
  for (const form of document.querySelectorAll("form[data-files]")) {
    const inputs = [...form.querySelectorAll("input[type=file]")];
    const told = form.querySelector("[data-chosen]");
    const send = form.querySelector("[data-send]");
    const show = () => {
      const files = inputs.flatMap((i) => [...i.files]);
      const names = files.slice(0, 4).map((f) => f.name).join(", ");
      const more = files.length > 4 ? ` +${files.length - 4}` : "";
      told.replaceChildren(plain(files.length ? `${files.length}: ${names}${more}` : ""));
      send.disabled = !files.length;
    };
    show();
    for (const input of inputs) {
      input.addEventListener("change", () => {
        for (const other of inputs) if (other !== input) other.value = "";
        show();
      });
    }
    const drop = form.querySelector("[data-drop]");
    for (const kind of ["dragover", "dragleave", "drop"]) {
      drop.addEventListener(kind, (event) => {
        event.preventDefault();
        drop.classList.toggle("over", kind === "dragover");
      });
    }
    drop.addEventListener("drop", async (event) => {
      const dropped = [...event.dataTransfer.items].map((i) => i.webkitGetAsEntry()).filter(Boolean);
      const list = new DataTransfer();
      for (const entry of dropped) for (const file of await entries(entry)) list.items.add(file);
      inputs[1].value = "";
      inputs[0].files = list.files;
      show();
    });
  }
  const follow = (part) => {
    const look = async () => {
      const answer = await fetch(part.dataset.watch, { headers: { Accept: "application/json" } }).catch(() => null);
      if (!answer || !answer.ok) { window.setTimeout(look, 3000); return; }
      const job = await answer.json();
      if (!["waiting", "running"].includes(job.state)) {
        const text = await (await fetch(window.location.href)).text();
        const fresh = new DOMParser().parseFromString(text, "text/html");
        const made = fresh.getElementById("isi");
        if (!fresh.querySelector(".job-line")) document.querySelector(".job-line")?.remove();
        if (!made) { window.location.reload(); return; }
        document.getElementById("isi").replaceChildren(...made.childNodes);
        const heading = document.querySelector("#isi h1");
        if (heading) { heading.tabIndex = -1; heading.focus({ preventScroll: true }); }
        for (const form of document.querySelectorAll("#isi form[data-once]")) once(form);
        const next = document.querySelector("[data-watch]");
        if (next) follow(next);
        return;
      }
      const bar = part.querySelector("progress");
      const words = part.querySelector("[data-words]");
      if (bar && job.total) { bar.max = job.total; bar.value = job.done; }
      if (words && job.step) words.textContent = [job.step, job.total ? `${job.done} / ${job.total}` : ""].filter(Boolean).join(", ");
      window.setTimeout(look, 800);
    };
    window.setTimeout(look, 500);
  };
  const running = document.querySelector("[data-watch]");
  if (running) follow(running);
  const watched = document.querySelector("[data-job]");
  if (watched) {
    const look = async () => {
      const answer = await fetch(watched.dataset.job, { headers: { Accept: "application/json" } });
      if (!answer.ok) return;
      const job = await answer.json();
      if (job.state !== watched.dataset.state) { window.location.reload(); return; }
      const bar = watched.querySelector("progress");
      const words = watched.querySelector("[data-words]");
      if (bar && job.total) { bar.max = job.total; bar.value = job.done; }
      if (words) words.textContent = [job.step, job.total ? `${job.done} / ${job.total}` : ""].filter(Boolean).join(", ");
      window.setTimeout(look, 1500);
    };
    window.setTimeout(look, 1200);
  }
})();
