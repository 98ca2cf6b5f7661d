/** Telegram's formatted text as DOM nodes. Offsets count UTF-16 code units, as JavaScript does. */

import { el } from "./dom.js";
import { t } from "./language.js";

const TAGS = {
  bold: "strong",
  italic: "em",
  underline: "u",
  strikethrough: "s",
  code: "code",
  blockquote: "blockquote",
};
const SAFE_SCHEMES = new Set(["http:", "https:", "mailto:", "tel:", "tg:"]);

/**
 * @typedef {Object} LinkActions
 * @property {(payload: string) => void} start a link to this bot was clicked
 * @property {(command: string) => void} command a bot command was clicked
 * @property {string} linksBase t.me/<username> of this bot
 */

/**
 * Nodes for `text` with its entities.
 * @param {string} text
 * @param {Object[]} entities MessageEntity objects; overlapping ones are cut to nest
 * @param {LinkActions} actions
 */
export function formatted(text, entities, actions) {
  const ordered = [...(entities ?? [])]
    .filter((entity) => entity.length > 0)
    .sort((one, other) => one.offset - other.offset || other.length - one.length);
  return nest(text, 0, text.length, ordered, actions);
}

function nest(text, start, end, entities, actions) {
  const nodes = [];
  let position = start;
  for (let index = 0; index < entities.length;) {
    const entity = entities[index];
    const first = Math.max(entity.offset, position);
    const last = Math.min(entity.offset + entity.length, end);
    index += 1;
    const inner = [];
    while (index < entities.length && entities[index].offset < last) inner.push(entities[index++]);
    if (last <= first) continue;
    if (first > position) nodes.push(text.slice(position, first));
    const children = nest(text, first, last, inner, actions);
    nodes.push(wrapped(entity, text.slice(first, last), children, actions));
    position = last;
  }
  if (position < end) nodes.push(text.slice(position, end));
  return nodes;
}

function wrapped(entity, covered, children, actions) {
  const tag = TAGS[entity.type];
  if (tag) return el(tag, {}, ...children);
  switch (entity.type) {
    case "pre":
      return el("pre", {}, el("code", {}, ...children));
    case "expandable_blockquote":
      return el(
        "details",
        { class: "quote" },
        el("summary", { text: firstLine(covered) }),
        el("blockquote", {}, ...children),
      );
    case "spoiler":
      return spoiler(children);
    case "url":
      return link(covered.includes("://") ? covered : `https://${covered}`, children, actions);
    case "text_link":
      return link(entity.url, children, actions);
    case "email":
      return link(`mailto:${covered}`, children, actions);
    case "phone_number":
      return link(`tel:${covered.replace(/[^\d+]/g, "")}`, children, actions);
    case "bot_command":
      return command(covered, children, actions);
    default:
      return el("span", {}, ...children);
  }
}

function firstLine(text) {
  const line = text.split("\n", 1)[0];
  return line.length > 80 || line.length < text.length ? `${line.slice(0, 80)}…` : line;
}

function spoiler(children) {
  const hidden = el(
    "span",
    { class: "spoiler", role: "button", tabindex: "0", "aria-label": t("spoiler") },
    el("span", { "aria-hidden": "true" }, ...children),
  );
  const show = (event) => {
    if (event.type === "keydown" && event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    hidden.replaceWith(el("span", { class: "spoiler-shown" }, ...children));
  };
  hidden.addEventListener("click", show);
  hidden.addEventListener("keydown", show);
  return hidden;
}

function command(covered, children, actions) {
  return el(
    "button",
    {
      type: "button",
      class: "link",
      "aria-label": t("sendsCommand", { command: covered }),
      on: { click: () => actions.command(covered.split("@")[0]) },
    },
    ...children,
  );
}

/** The start payload of a link to this bot: "" without one, null when it leads elsewhere. */
export function startPayload(url, linksBase) {
  const username = linksBase.split("/").pop().toLowerCase();
  const leadsHere =
    (/^(t\.me|telegram\.me)$/.test(url.hostname) &&
      url.pathname.slice(1).replace(/\/$/, "").toLowerCase() === username) ||
    (url.protocol === "tg:" && url.searchParams.get("domain")?.toLowerCase() === username);
  return leadsHere ? (url.searchParams.get("start") ?? "") : null;
}

/** The address as a URL when it is one that may be followed, else null. */
export function safeUrl(address) {
  try {
    const url = new URL(address.includes(":") ? address : `https://${address}`);
    return SAFE_SCHEMES.has(url.protocol) ? url : null;
  } catch {
    return null;
  }
}

/** A link that opens outside, or starts the bot in this seat when it leads to it. */
function link(address, children, actions) {
  const url = safeUrl(address);
  if (!url) return el("span", {}, ...children);
  const payload = startPayload(url, actions.linksBase);
  if (payload !== null) {
    const follow = (event) => {
      event.preventDefault();
      actions.start(payload);
    };
    return el("a", { href: url.href, class: "link", on: { click: follow } }, ...children);
  }
  const outside = { href: url.href, target: "_blank", rel: "noopener noreferrer", class: "link" };
  if (!url.protocol.startsWith("http"))
    return el("a", { href: url.href, class: "link" }, ...children);
  return el(
    "a",
    outside,
    ...children,
    el("span", { class: "visually-hidden", text: ` (${t("opensOutside")})` }),
  );
}
