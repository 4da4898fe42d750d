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
