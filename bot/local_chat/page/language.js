/** The page's language: sentences, times and days. */

import { remember, remembered } from "./preferences.js";
import { en } from "./strings_en.js";
import { ko } from "./strings_ko.js";

const SENTENCES = { ko, en };

let chosen = remembered("language");
if (!(chosen in SENTENCES)) chosen = navigator.language.startsWith("ko") ? "ko" : "en";

/** "ko" or "en". */
export function language() {
  return chosen;
}

/** Use a language from now on and remember it. */
export function chooseLanguage(name) {
  if (!(name in SENTENCES)) return;
  chosen = name;
  remember("language", name);
}

/** Change to the other language and remember it; the caller draws the page again. */
export function switchLanguage() {
  chooseLanguage(chosen === "ko" ? "en" : "ko");
}

/** The sentence under `key` with {name} places filled from `values`. */
export function t(key, values = {}) {
  return SENTENCES[chosen][key].replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

/** What the bot is doing, in words; an action this page does not know reads as typing. */
export function actionText(action) {
  const { actions } = SENTENCES[chosen];
  return actions[action] ?? actions.typing;
}

/** Why the server refused, by its key; undefined for a key this page does not know. */
export function refusal(key) {
  return SENTENCES[chosen].refusals[key];
}

/** Write the sentences into elements that name them (data-t, data-t-label, data-t-placeholder). */
export function translate(root) {
  for (const element of root.querySelectorAll("[data-t]")) {
    element.textContent = t(element.dataset.t);
  }
  for (const element of root.querySelectorAll("[data-t-label]")) {
    element.setAttribute("aria-label", t(element.dataset.tLabel));
    if (element.matches("button")) element.title = t(element.dataset.tLabel);
  }
  for (const element of root.querySelectorAll("[data-t-placeholder]")) {
    element.placeholder = t(element.dataset.tPlaceholder);
  }
}

/** A seat's name; the three that are there from the start are named in the page's language. */
export function seatName(seat) {
  if (seat.name === ko.seatMe) return t("seatMe");
  const guardian = /^보호자 (\d+)$/.exec(seat.name);
  return guardian ? t("seatGuardian", { n: guardian[1] }) : seat.name;
}

/** Hour and minute of a Telegram date (seconds since 1970). */
export function clockTime(date_s) {
  return new Intl.DateTimeFormat(chosen, { hour: "numeric", minute: "2-digit" }).format(
    new Date(date_s * 1000),
  );
}

/** A key that two dates share when they fall on one day here. */
export function dayKey(date_s) {
  return new Date(date_s * 1000).toDateString();
}

/** The name of a day: today, yesterday or its date. */
export function dayName(date_s) {
  const day = dayKey(date_s);
  const now_s = Date.now() / 1000;
  if (day === dayKey(now_s)) return t("today");
  if (day === dayKey(now_s - 86400)) return t("yesterday");
  return new Intl.DateTimeFormat(chosen, {
    year: "numeric",
    month: "long",
    day: "numeric",
    weekday: "long",
  }).format(new Date(date_s * 1000));
}

/** How long ago a date was: "3 minutes ago". */
export function ago(date_s) {
  const past_s = Math.max(0, Date.now() / 1000 - date_s);
  const format = new Intl.RelativeTimeFormat(chosen, { numeric: "auto" });
  if (past_s < 60) return format.format(0, "second");
  if (past_s < 3600) return format.format(-Math.floor(past_s / 60), "minute");
  if (past_s < 86400) return format.format(-Math.floor(past_s / 3600), "hour");
  return format.format(-Math.floor(past_s / 86400), "day");
}

/** Minutes and seconds: 75 is 1:15. */
export function duration(length_s) {
  const whole_s = Math.max(0, Math.floor(length_s || 0));
  const parts = [Math.floor(whole_s / 3600), Math.floor(whole_s / 60) % 60, whole_s % 60];
  const [first, ...rest] = parts[0] ? parts : parts.slice(1);
  return [first, ...rest.map((part) => String(part).padStart(2, "0"))].join(":");
}

/** A file's size: 1,536 bytes is 1.5 KB. */
export function fileSize(bytes) {
  if (bytes < 1024) return `${bytes} B`;
  const [value, unit] = bytes < 1048576 ? [bytes / 1024, "KB"] : [bytes / 1048576, "MB"];
  return `${new Intl.NumberFormat(chosen, { maximumFractionDigits: 1 }).format(value)} ${unit}`;
}
