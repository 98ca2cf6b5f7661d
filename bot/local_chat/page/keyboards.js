/** Buttons under a message and buttons under the message field. */

import { button, el, icon } from "./dom.js";
import { safeUrl, startPayload } from "./entities.js";
import { t } from "./language.js";

/** The inline keyboard of a message, or null. */
export function inlineKeyboard(message, actions) {
  const rows = message.reply_markup?.inline_keyboard;
  if (!rows?.length) return null;
  return el(
    "div",
    { class: "inline-keyboard", "data-markup": JSON.stringify(rows) },
    ...rows.map((row) =>
      el("div", { class: "keyboard-row" }, ...row.map((key) => inlineKey(key, message, actions))),
    ),
  );
}

function inlineKey(key, message, actions) {
  const address = key.url ?? key.web_app?.url ?? key.login_url?.url;
  if (address) return linkKey(key.text, address, actions);
  const press = {
    callback_data: (event) => actions.press(message, key.callback_data, event.currentTarget),
    copy_text: () => actions.copy(key.copy_text.text),
  };
  const kind = Object.keys(press).find((name) => name in key);
  return button({
    class: "key",
    text: key.text,
    disabled: !kind,
    title: kind ? null : t("notSupportedButton"),
    on: { click: press[kind] ?? (() => {}) },
  });
}

function linkKey(text, address, actions) {
  const url = safeUrl(address);
  if (!url) return button({ class: "key", text, disabled: true, title: t("notSupportedButton") });
  const payload = startPayload(url, actions.linksBase);
  if (payload !== null) {
    return button({ class: "key", text, on: { click: () => actions.start(payload) } });
  }
  return el(
    "a",
    { class: "key", href: url.href, target: "_blank", rel: "noopener noreferrer" },
    el("span", { text }),
    icon("outside"),
    el("span", { class: "visually-hidden", text: ` (${t("opensOutside")})` }),
  );
}

/**
 * The rows of a reply keyboard.
 * @param {Object} markup Telegram's ReplyKeyboardMarkup
 * @param {(key: Object) => void} pressed called with the pressed KeyboardButton
 */
export function replyKeyboard(markup, pressed) {
  const rows = markup.keyboard.map((row) =>
    el("div", { class: "keyboard-row" }, ...row.map((key) => replyKey(key, pressed))),
  );
  return el(
    "div",
    { class: markup.resize_keyboard ? "reply-keys is-small" : "reply-keys" },
    ...rows,
  );
}

function replyKey(key, pressed) {
  const sign = key.request_location ? "place" : key.request_contact ? "person" : null;
  return button(
    { class: "key", on: { click: () => pressed(key) } },
    sign && icon(sign),
    el("span", { text: key.text }),
  );
}
