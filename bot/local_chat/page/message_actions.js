/** What can be done with a message of a seat. */

import { ask, notice, openMenu } from "./dialogs.js";
import { button, el } from "./dom.js";
import { seatName, t } from "./language.js";
import { stopSharing } from "./live_location.js";
import * as server from "./server.js";

const QUICK_REACTIONS = ["👍", "❤", "😢", "🙏", "🤗"];

/** The actions that a panel's messages offer, see messageElement. */
export function messageActions(panel) {
  return {
    get linksBase() {
      return panel.page.chat.links_base;
    },
    botName: () => panel.page.chat.bot.name,
    logName: () => t("log", { seat: seatName(panel.seat) }),
    start: (payload) => panel.start(payload),
    command: (command) => panel.send({ text: command }),
    press: (message, data, key) => panel.press(message, data, key),
    copy,
    react: (message, emoji) => react(panel, message, emoji),
    showMenu: (id, anchor) =>
      openMenu(anchor, t("messageMenu"), menuEntries(panel, panel.conversation.messages.get(id))),
    showReply: (id) => panel.conversation.reveal(id),
    stopSharing: (message) => stopSharing(panel, message),
    movePosition: (message) => panel.movePosition(message),
    retry: (item) => panel.outbox.retry(item),
    discard: (item) => panel.outbox.discard(item),
  };
}

function menuEntries(panel, message) {
  const text = message.text ?? message.caption;
  const own = message.reactions?.find((reaction) => reaction.from === "seat")?.emoji;
  const ownText = message.outgoing && message.text && !message.forward_origin;
  const entries = QUICK_REACTIONS.map((emoji) => ({
    label: emoji,
    spoken: t("reactedWith", { emoji }),
    row: true,
    run: () => react(panel, message, emoji === own ? null : emoji),
  }));
  const canWrite = panel.seat.started && !panel.seat.blocked;
  if (canWrite)
    entries.push({ label: t("reply"), icon: "reply", run: () => panel.composer.answer(message) });
  if (canWrite && ownText) {
    entries.push({ label: t("edit"), icon: "edit", run: () => panel.composer.startEdit(message) });
  }
  if (text && !message.protected)
    entries.push({ label: t("copy"), icon: "copy", run: () => copy(text) });
  if (!message.protected) {
    entries.push({ label: t("forward"), icon: "forward", run: () => forward(panel, message) });
  }
  entries.push({ label: t("remove"), icon: "bin", run: () => remove(panel, message) });
  return entries;
}

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    notice(t("copied"));
  } catch {
    notice(t("failed"));
  }
}

const react = (panel, message, emoji) =>
  panel.attempt(() => server.react(panel.number, message.message_id, emoji));

const remove = (panel, message) =>
  panel.attempt(() => server.deleteMessage(panel.number, message.message_id));

async function forward(panel, message) {
  let target = null;
  const choices = [...panel.page.panels.values()].map((other) =>
    button({
      type: "submit",
      class: "choice",
      text: seatName(other.seat),
      on: { click: () => (target = other) },
    }),
  );
  const asked = ask({
    title: t("forwardTo"),
    body: [el("div", { class: "choices" }, ...choices)],
    accept: null,
  });
  if (!(await asked) || !target) return;
  const done = await panel.attempt(() =>
    server.forwardMessage(panel.number, message.message_id, target.number),
  );
  if (done && target !== panel) notice(t("forwardedDone", { seat: seatName(target.seat) }));
}
