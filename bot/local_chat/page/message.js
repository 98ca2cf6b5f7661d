/** One message as a bubble. */

import { cardOf } from "./cards.js";
import { button, el, icon, iconButton } from "./dom.js";
import { formatted } from "./entities.js";
import { inlineKeyboard } from "./keyboards.js";
import { clockTime, seatName, t } from "./language.js";
import { mediaOf, pictureWidth_px } from "./media.js";
import { goOn } from "./player.js";

/**
 * The element of a message.
 * @param {Object} message Telegram's Message with outgoing, edited, protected, reactions
 * @param {Object} actions what its parts can do: start, command, press, react, showMenu, showReply,
 *   stopSharing, movePosition, and linksBase
 */
export function messageElement(message, actions) {
  const side = message.outgoing ? "is-mine" : "is-bots";
  const bubble = el(
    "div",
    { class: "bubble" },
    forwardLine(message),
    replyLine(message, actions),
    ...contentOf(message, actions),
    reactionLine(message, actions),
    metaLine(message),
  );
  const width_px = pictureWidth_px(message);
  if (width_px) bubble.style.width = `${width_px}px`;
  const menu = iconButton("more", t("messageMenu"), {
    class: "message-more",
    "aria-haspopup": "menu",
    "aria-expanded": "false",
    on: { click: (event) => actions.showMenu(message.message_id, event.currentTarget) },
  });
  const element = el(
    "article",
    { class: `message ${side}`, tabindex: "-1", "aria-label": spoken(message, actions) },
    el("div", { class: "message-line" }, bubble, menu),
    inlineKeyboard(message, actions),
  );
  element.dataset.messageId = message.message_id;
  if (message.protected) element.classList.add("is-protected");
  if (isBare(message)) element.classList.add("is-bare");
  bubble.addEventListener("contextmenu", (event) => {
    if (event.target.closest("a, input, video") || getSelection().toString()) return;
    event.preventDefault();
    actions.showMenu(message.message_id, menu);
  });
  return element;
}

/** What a screen reader says when the message is reached: who, what, when. */
function spoken(message, actions) {
  const who = message.outgoing ? t("you") : actions.botName();
  return `${who}: ${message.text ?? message.caption ?? summary(message)}, ${clockTime(message.date)}`;
}

/**
 * Let an element show what `fresh`, made of the same message later, shows. Buttons that stay the
 * same stay in place: a press or a focus on them survives an edit, as in a countdown.
 */
export function renew(element, fresh) {
  const bubble = element.querySelector(".bubble");
  const newBubble = fresh.querySelector(".bubble");
  const focused = bubble.contains(document.activeElement);
  goOn(bubble, newBubble);
  bubble.replaceWith(newBubble);
  element.className = fresh.className;
  element.setAttribute("aria-label", fresh.getAttribute("aria-label"));
  renewKeyboard(element, fresh);
  if (focused) element.focus({ preventScroll: true });
}

function renewKeyboard(element, fresh) {
  const [old, keyboard] = [element, fresh].map((one) => one.querySelector(".inline-keyboard"));
  if (old && old.dataset.markup === keyboard?.dataset.markup) return;
  const focused = old?.contains(document.activeElement);
  old?.remove();
  if (keyboard) element.append(keyboard);
  if (focused) element.focus({ preventScroll: true });
}

/** Stickers, dice and round films stand without a bubble around them. */
function isBare(message) {
  return Boolean(message.sticker || message.dice || message.video_note);
}

function contentOf(message, actions) {
  const nodes = [...mediaOf(message), ...cardOf(message, actions)];
  const text = message.text ?? message.caption;
  if (text) {
    const entities = message.text ? message.entities : message.caption_entities;
    const words = el(
      "div",
      { class: "words", dir: "auto" },
      ...formatted(text, entities, actions),
    );
    if (message.show_caption_above_media) nodes.unshift(words);
    else nodes.push(words);
  }
  if (message.pinned_message) nodes.push(el("p", { class: "words is-muted", text: t("pinned") }));
  if (!nodes.length) nodes.push(el("p", { class: "words is-muted", text: t("unsupported") }));
  return nodes;
}

function forwardLine({ forward_origin: origin }) {
  if (!origin) return null;
  const name = originName(origin);
  return el(
    "p",
    { class: "forward-line" },
    icon("forward"),
    el("span", { text: name ? t("forwardedFrom", { name }) : t("forwarded") }),
  );
}

function originName(origin) {
  const user = origin.sender_user;
  if (user) return seatName({ name: [user.first_name, user.last_name].filter(Boolean).join(" ") });
  return origin.sender_user_name ?? origin.sender_chat?.title ?? origin.chat?.title ?? "";
}

/** The short text that stands for a message: its words or what it carries. */
export function summary(message) {
  if (!message) return t("replyGone");
  const text = message.text ?? message.caption;
  if (text) return text.length > 90 ? `${text.slice(0, 90)}…` : text;
  const kinds = {
    photo: "photo",
    voice: "voice",
    audio: "audio",
    video: "video",
    contact: "contact",
    video_note: "videoNote",
    animation: "animation",
    sticker: "sticker",
    document: "document",
    location: "location",
    poll: "poll",
  };
  const kind = Object.keys(kinds).find((name) => message[name]);
  return kind ? t(kinds[kind]) : t("unsupported");
}

function replyLine(message, actions) {
  const answered = message.reply_to_message;
  if (!answered) return null;
  return button(
    {
      class: "reply-line",
      "aria-label": `${t("replyTo")}: ${summary(answered)}`,
      on: { click: () => actions.showReply(answered.message_id) },
    },
    el("span", { text: message.quote?.text ?? summary(answered) }),
  );
}

function reactionLine(message, actions) {
  const reactions = (message.reactions ?? []).filter((reaction) => reaction.emoji);
  if (!reactions.length) return null;
  return el(
    "div",
    { class: "reactions" },
    ...reactions.map((reaction) => {
      const mine = reaction.from === "seat";
      return button({
        class: mine ? "reaction is-own" : "reaction",
        "aria-pressed": String(mine),
        "aria-label": t("reactedWith", { emoji: reaction.emoji }),
        text: reaction.emoji,
        on: { click: () => actions.react(message, mine ? null : reaction.emoji) },
      });
    }),
  );
}

function metaLine(message) {
  const lock =
    message.protected &&
    el(
      "span",
      { class: "lock", role: "img", "aria-label": t("protected"), title: t("protected") },
      icon("lock"),
    );
  const date = new Date(message.date * 1000);
  return el(
    "p",
    { class: "meta" },
    lock,
    message.edited && el("span", { class: "edited", text: t("edited") }),
    el("time", {
      datetime: date.toISOString(),
      title: date.toLocaleString(),
      text: clockTime(message.date),
    }),
  );
}

/** A message on its way: its words, or the name of what is sent; retry when it failed. */
export function pendingElement(item, actions) {
  const state = item.failed
    ? el(
        "div",
        { class: "pending-failed", role: "alert" },
        el("span", { text: item.reason || t("notSent") }),
        button({
          class: "small-button",
          text: t("retry"),
          on: { click: () => actions.retry(item) },
        }),
        button({
          class: "small-button",
          text: t("discard"),
          on: { click: () => actions.discard(item) },
        }),
      )
    : null;
  const words = el("div", { class: "words", dir: "auto", text: item.shown() });
  const meta = el(
    "p",
    { class: "meta" },
    item.failed ? null : el("span", { role: "img", "aria-label": t("sending") }, icon("clock")),
  );
  return el(
    "article",
    { class: "message is-mine is-pending", "aria-label": t("you") },
    el("div", { class: "message-line" }, el("div", { class: "bubble" }, words, meta)),
    state,
  );
}
