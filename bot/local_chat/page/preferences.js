/** What this browser remembers: language, theme, unsent text, what was read. */

const PREFIX = "todak.";

/** The value kept under `name`, or `otherwise` where nothing is or the browser keeps nothing. */
export function remembered(name, otherwise = null) {
  try {
    const kept = localStorage.getItem(PREFIX + name);
    return kept === null ? otherwise : JSON.parse(kept);
  } catch {
    return otherwise;
  }
}

/** Keep `value` (anything JSON can hold) under `name`; null forgets it. */
export function remember(name, value) {
  try {
    if (value === null) localStorage.removeItem(PREFIX + name);
    else localStorage.setItem(PREFIX + name, JSON.stringify(value));
  } catch {
    // A browser that keeps nothing still has the conversation: the server holds it.
  }
}

const THEMES = ["system", "night", "day"];

/** The chosen theme: "system", "night" or "day". */
export function theme() {
  const kept = remembered("theme", "system");
  return THEMES.includes(kept) ? kept : "system";
}

/** Show the remembered theme. */
export function applyTheme() {
  const chosen = theme();
  if (chosen === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = chosen;
}

/** Go to the next theme and remember it. */
export function switchTheme() {
  remember("theme", THEMES[(THEMES.indexOf(theme()) + 1) % THEMES.length]);
  applyTheme();
}
