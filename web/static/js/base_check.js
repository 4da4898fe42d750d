// Says whether the picture that the settings page tries has come.
(() => {
  "use strict";
  const picture = document.querySelector("[data-check]");
  const said = document.getElementById("check-said");
  if (!picture || !said) return;
  const tell = () => {
    const good = picture.naturalWidth > 0;
    said.className = good ? "note ok" : "note bad";
    said.textContent = good ? picture.dataset.good : picture.dataset.bad;
    picture.hidden = !good;
  };
  if (picture.complete) tell();
  else {
    picture.addEventListener("load", tell);
    picture.addEventListener("error", tell);
  }
})();
