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
    pick.addEventListener("change", () => { window.location.href = pick.value; });
  }
  for (const button of document.querySelectorAll("[data-print]")) {
    button.addEventListener("click", () => window.print());
  }
  for (const form of document.querySelectorAll("form[data-once]")) {
    form.addEventListener("submit", () => {
      for (const b of form.querySelectorAll("button")) b.disabled = true;
    });
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
