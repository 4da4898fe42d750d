// Elements by a call; what a person reads is set as text, never as markup.

const SVG = "http://www.w3.org/2000/svg";

export function h(name, attributes, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes || {})) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (key === "value" || key === "checked" || key === "disabled") made[key] = value;
    else made.setAttribute(key, value === true ? "" : value);
  }
  made.append(...children.flat(9).filter((c) => c !== null && c !== undefined && c !== false));
  return made;
}

const PATHS = {
  back: "M15 5l-7 7 7 7", tick: "M5 13l4 4L19 7", search: "M11 4a7 7 0 1 0 0 14 7 7 0 0 0 0-14zM16 16l5 5",
  camera: "M3 8h4l2-3h6l2 3h4v12H3zM12 10a4 4 0 1 0 0 8 4 4 0 0 0 0-8z",
  pin: "M12 21s-6-6-6-11a6 6 0 0 1 12 0c0 5-6 11-6 11zM12 8a2 2 0 1 0 0 4 2 2 0 0 0 0-4z",
  up: "M12 19V5M6 11l6-6 6 6", way: "M5 20l7-16 7 16-7-4z", list: "M8 6h13M8 12h13M8 18h13M3 6h1M3 12h1M3 18h1",
  away: "M3 3l18 18M2 9a15 15 0 0 1 5-3M22 9a15 15 0 0 0-9-4M6 13a9 9 0 0 1 4-2M18 13l-1-1M12 19h.01",
  more: "M5 12h.01M12 12h.01M19 12h.01",
};

export function icon(name) {
  const made = document.createElementNS(SVG, "svg");
  made.setAttribute("viewBox", "0 0 24 24");
  made.setAttribute("class", "ico");
  made.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", PATHS[name]);
  made.append(path);
  return made;
}

// Replace what a screen shows and put the focus at its heading, so that it is read out.
export function show(root, ...children) {
  root.replaceChildren(...children.flat(9).filter(Boolean));
  const heading = root.querySelector("h1");
  if (heading) {
    heading.tabIndex = -1;
    heading.focus({ preventScroll: true });
  }
  scrollTo(0, 0);
}
