/** One seat: its header, its conversation and its place to write. */

import { chooseContact, choosePlace } from "./attach.js";
import { attachMenu, sendFiles } from "./attach_menu.js";
import { Composer } from "./composer.js";
import { Conversation } from "./conversation.js";
import { notice, tell } from "./dialogs.js";
import { button, el, iconButton } from "./dom.js";
import { SeatEvents } from "./events.js";
import { actionText, language, seatName, t } from "./language.js";
import { followAgain, followPosition, movePosition, stopFollowing } from "./live_location.js";
import { messageActions } from "./message_actions.js";
import { Outbox } from "./outbox.js";
import { remember, remembered } from "./preferences.js";
import { seatMenu } from "./seat_menu.js";
import * as server from "./server.js";

const ACTION_MS = 6000;
const ANSWER_WAIT_MS = 15_000;

export class Panel {
  /**
   * @param {Object} seat as the server describes it
   * @param {Object} page what all seats share: `chat`, `panels`, `connection(panel, error)`,
   *   `countsChanged()`, `reread()`
   */
  constructor(seat, page) {
    this.seat = seat;
    this.page = page;
    this.number = seat.seat;
    this.shown = false;
    this.waitingButtons = new Map();
    this.read_id = remembered(`read.${this.number}`, 0);
    this.conversation = new Conversation(this.number, messageActions(this));
    this.composer = new Composer(this.number, {
      send: (parts) => this.send(parts),
      edit: (message, text) =>
        this.attempt(() => server.editText(this.number, message.message_id, text)),
      attach: (anchor) => attachMenu(anchor, this),
      files: (files) => sendFiles(this, files),
      keyPressed: (key) => this.answerRequest(key),
      commands: () => this.page.chat.commands,
    });
    this.outbox = new Outbox(this.number, {
      changed: () => this.conversation.showPending(this.outbox.items),
      sent: (message) => this.conversation.put(message),
    });
    this.build();
    this.conversation.showPending(this.outbox.items);
    this.events = new SeatEvents(this.number, {
      load: () => this.load(),
      event: (event) => this.happened(event),
      opened: () => this.page.connection(this, null),
      lost: (error) => this.page.connection(this, error),
    });
  }

  build() {
    this.name = el("span", { class: "panel-name" });
    this.status = el("span", { class: "panel-status" });
    this.menu = iconButton("menu", "", { on: { click: () => seatMenu(this) } });
    this.gate = el("div", { class: "gate", hidden: true });
    this.dropSign = el("p", { class: "drop-sign", hidden: true });
    const face = el("img", {
      class: "face",
      src: "/static/icon.svg",
      alt: "",
      width: "40",
      height: "40",
    });
    this.element = el(
      "section",
      {
        class: "panel",
        role: "tabpanel",
        id: `panel-${this.number}`,
        "aria-labelledby": `tab-${this.number}`,
      },
      el(
        "header",
        { class: "panel-head" },
        face,
        el("div", { class: "panel-title" }, this.name, this.status),
        this.menu,
      ),
      this.conversation.element,
      this.gate,
      this.composer.element,
      this.dropSign,
    );
    this.takeDrops();
    this.label();
  }

  /** Write names and sentences in the page's language. */
  label() {
    const { bot } = this.page.chat;
    this.name.textContent = bot.name;
    this.menu.setAttribute("aria-label", t("seatMenu", { seat: seatName(this.seat) }));
    this.menu.title = t("seatMenu", { seat: seatName(this.seat) });
    this.dropSign.textContent = t("dropHere");
    this.showStatus(null);
    this.drawGate();
    this.conversation.empty.textContent = this.emptyText();
    this.conversation.label();
  }

  emptyText() {
    if (this.seat.started) return t("emptyChat");
    return this.wasForgotten ? t("forgotten") : "";
  }

  redraw() {
    this.label();
    this.composer.draw();
    this.conversation.redraw();
  }

  /** Where writing is not possible yet or any more: start, or unblock. */
  drawGate() {
    const { started, blocked } = this.seat;
    const closed = !started || blocked;
    this.gate.hidden = !closed;
    this.composer.element.hidden = closed;
    if (!closed) return this.gate.replaceChildren();
    const { bot } = this.page.chat;
    const about = bot.description || bot.short_description;
    const words = blocked
      ? [el("p", { text: t("blockedLine") })]
      : [about && el("h2", { text: t("whatItDoes") }), about && el("p", { text: about })];
    this.gate.replaceChildren(
      ...words.filter(Boolean),
      button({
        class: "main-button gate-button",
        text: t(blocked ? "unblockBot" : "start"),
        on: { click: () => (blocked ? this.change({ blocked: false }) : this.start("")) },
      }),
    );
  }

  async load() {
    const read = await server.readMessages(this.number);
    this.conversation.begin(read.messages);
    followAgain(this);
    this.composer.setKeyboard(read.reply_keyboard);
    this.noteRead();
    await this.outbox.settle();
    return read.last_event;
  }

  happened(event) {
    const { conversation } = this;
    if (event.type === "message" || event.type === "edited") {
      if (!event.message.outgoing) this.showStatus(null);
      if (event.message.outgoing && !this.seat.started)
        this.changed({ ...this.seat, started: true });
      conversation.put(event.message);
      this.noteRead();
    } else if (event.type === "deleted") {
      conversation.remove(event.message_id);
      this.page.countsChanged();
    } else if (event.type === "sent") this.outbox.arrived(event.client_key);
    else if (event.type === "action") this.showStatus(event.action);
    else if (event.type === "reaction")
      conversation.amend(event.message_id, { reactions: event.reactions });
    else if (event.type === "keyboard") this.composer.setKeyboard(event.reply_keyboard);
    else if (event.type === "callback_answer") this.answered(event);
    else if (event.type === "forgotten") this.forgotten();
    else if (event.type === "commands" || event.type === "menu") this.page.reread();
  }

  /** The bot deleted this person with the whole chat: nothing stays on the page either. */
  forgotten() {
    this.conversation.clear();
    this.composer.clear();
    this.outbox.clear();
    stopFollowing(this);
    this.composer.setKeyboard(null);
    this.showStatus(null);
    this.wasForgotten = true;
    this.changed({ ...this.seat, started: false, blocked: false });
    this.noteRead();
  }

  /** Show what the bot is doing for a few seconds, in the header and under the messages. */
  showStatus(action) {
    clearTimeout(this.statusTimer);
    const text = action ? actionText(action) : null;
    this.conversation.showTyping(text);
    this.status.textContent = text ?? `${t("bot")} · ${seatName(this.seat)}`;
    this.status.classList.toggle("is-busy", Boolean(text));
    if (text) this.statusTimer = setTimeout(() => this.showStatus(null), ACTION_MS);
  }

  /** What the person has seen counts as read. */
  noteRead() {
    if (this.shown && document.visibilityState === "visible") {
      this.read_id = Math.max(this.read_id, this.conversation.newestId());
      remember(`read.${this.number}`, this.read_id);
    }
    this.page.countsChanged();
  }

  unread() {
    return this.conversation.countAfter(this.read_id);
  }

  setShown(shown) {
    this.shown = shown;
    this.element.hidden = !shown;
    this.events.setShown(shown);
    if (!shown) return;
    this.composer.changed();
    this.conversation.follow();
    this.noteRead();
  }

  /** Do something with the server and say when it did not work. */
  async attempt(act) {
    try {
      return await act();
    } catch (error) {
      notice(error instanceof server.Refused ? error.message : t("failed"));
      return null;
    }
  }

  send(parts) {
    const kinds = {
      voice: "voice",
      audio: "audio",
      video_note: "videoNote",
      video: "video",
      photo: "photo",
      document: "document",
      sticker: "sticker",
      location: "location",
      contact: "contact",
      poll: "poll",
    };
    const named = () =>
      [t(kinds[parts.kind] ?? "attachDice"), parts.caption].filter(Boolean).join(" · ");
    return this.outbox.add(parts, parts.text ? undefined : named);
  }

  /** Open a start link, or press Start: a seat that begins speaks the page's language. */
  async start(payload) {
    await this.attempt(async () => {
      const fresh = !this.seat.started && !remembered(`language.${this.number}`);
      if (fresh && this.seat.language !== language()) await this.change({ language: language() });
      const { message } = await server.start(this.number, payload);
      this.changed({ ...this.seat, started: true, blocked: false });
      this.conversation.put(message);
      this.composer.text.focus();
    });
  }

  async press(message, data, key) {
    key.setAttribute("aria-busy", "true");
    const answer = await this.attempt(() =>
      server.pressButton(this.number, message.message_id, data),
    );
    if (!answer) return key.removeAttribute("aria-busy");
    this.waitingButtons.set(answer.callback_query_id, key);
    setTimeout(() => this.release(answer.callback_query_id), ANSWER_WAIT_MS);
  }

  release(callback_query_id) {
    this.waitingButtons.get(callback_query_id)?.removeAttribute("aria-busy");
    this.waitingButtons.delete(callback_query_id);
  }

  answered({ callback_query_id, text, show_alert: alert }) {
    this.release(callback_query_id);
    if (!text || !this.shown) return;
    if (alert) tell(text);
    else notice(text);
  }

  /** A reply-keyboard button that asks for the place or the contact. */
  async answerRequest(key) {
    if (key.request_location) {
      const chosen = await choosePlace({ offerLive: false });
      if (chosen) this.send(chosen.place);
      return;
    }
    const contact = await chooseContact({
      title: t("shareContact"),
      first_name: seatName(this.seat),
    });
    if (contact) this.send({ ...contact, own: true });
  }

  async sendPlace() {
    const chosen = await choosePlace();
    if (!chosen) return;
    await this.send(chosen.place);
    if (chosen.followed) followPosition(this);
  }

  movePosition(message) {
    return movePosition(this, message);
  }

  async change(values) {
    const seat = await this.attempt(() => server.changeSeat(this.number, values));
    if (seat) this.changed(seat);
    return seat;
  }

  changed(seat) {
    this.seat = seat;
    this.label();
    this.page.seatChanged(this);
  }

  takeDrops() {
    const carriesFiles = (event) =>
      event.dataTransfer?.types.includes("Files") && !this.composer.element.hidden;
    const over = (event) => {
      if (!carriesFiles(event)) return;
      event.preventDefault();
      this.dropSign.hidden = false;
    };
    this.element.addEventListener("dragenter", over);
    this.element.addEventListener("dragover", over);
    this.element.addEventListener("dragleave", (event) => {
      if (!this.element.contains(event.relatedTarget)) this.dropSign.hidden = true;
    });
    this.element.addEventListener("drop", (event) => {
      if (!carriesFiles(event)) return;
      event.preventDefault();
      this.dropSign.hidden = true;
      sendFiles(this, [...event.dataTransfer.files]);
    });
  }
}
