/** The place to write: text, commands, the bot's reply keyboard, attaching and recording. */

import { CommandList } from "./commands.js";
import { button, el, iconButton } from "./dom.js";
import { notice } from "./dialogs.js";
import { replyKeyboard } from "./keyboards.js";
import { t } from "./language.js";
import { summary } from "./message.js";
import { remember, remembered } from "./preferences.js";
import { VoiceBar } from "./voice_bar.js";

const MOST_HEIGHT_PX = 160;

export class Composer {
  /**
   * @param {number} seat
   * @param {Object} actions `send(parts)`, `edit(message, text)`, `attach(anchor)`,
   *   `files(list)`, `keyPressed(key)`, `commands()` giving the bot's commands
   */
  constructor(seat, actions) {
    this.seat = seat;
    this.actions = actions;
    this.answering = null;
    this.editing = null;
    this.keyboard = null;
    this.text = el("textarea", { rows: "1", class: "text", enterkeyhint: "send", dir: "auto" });
    this.text.value = remembered(this.draftKey(), "");
    this.problem = el("p", { class: "problem composer-problem", role: "alert", hidden: true });
    this.context = el("div", { class: "context", hidden: true });
    this.keys = el("div", { class: "reply-keyboard", role: "group", hidden: true });
    this.row = el("div", { class: "write-row" });
    this.element = el(
      "div",
      { class: "composer" },
      this.problem,
      this.context,
      this.row,
      this.keys,
    );
    this.commandList = new CommandList(this.text, this.actions.commands, (command) =>
      this.sendText(command),
    );
    this.element.prepend(this.commandList.element);
    this.voice = new VoiceBar(this.row, {
      changed: (recording) => this.showRecording(recording),
      recorded: (sound) => this.sendParts({ kind: "voice", ...sound }),
      failed: (sentence) => this.showProblem(sentence),
    });
    this.listen();
    this.draw();
  }

  draftKey() {
    return `draft.${this.seat}`;
  }

  listen() {
    this.text.addEventListener("input", () => this.changed());
    this.text.addEventListener("keydown", (event) => this.keyDown(event));
    this.text.addEventListener("paste", (event) => {
      const files = [...event.clipboardData.files];
      if (!files.length) return;
      event.preventDefault();
      this.actions.files(files);
    });
  }

  /** Build the row in the page's language. */
  draw() {
    const { hidden } = this.row;
    this.commandButton = iconButton("slash", t("commands"), {
      class: "command-button",
      on: { click: () => this.commandList.toggle() },
    });
    const attach = iconButton("attach", t("attach"), {
      "aria-haspopup": "menu",
      "aria-expanded": "false",
      on: { click: (event) => this.actions.attach(event.currentTarget) },
    });
    this.keyboardButton = iconButton("keyboard", t("showKeyboard"), {
      on: { click: () => this.showKeys(this.keys.hidden) },
    });
    this.record = this.voice.button();
    this.sendButton = iconButton("send", t("send"), {
      class: "send-button",
      on: { click: () => this.submit() },
    });
    this.text.setAttribute("aria-label", t("writeMessage"));
    this.keys.setAttribute("aria-label", t("botKeyboard"));
    this.row.replaceChildren(
      this.commandButton,
      attach,
      this.text,
      this.keyboardButton,
      this.record,
      this.sendButton,
    );
    this.row.hidden = hidden;
    this.setKeyboard(this.keyboard, this.keys.hidden);
    this.commandsChanged();
    this.drawContext();
    this.changed();
  }

  commandsChanged() {
    this.commandButton.hidden = !this.actions.commands().length;
  }

  changed() {
    const text = this.text.value;
    if (!this.editing) remember(this.draftKey(), text || null);
    const empty = !text.trim();
    this.record.hidden = !empty || Boolean(this.editing);
    this.sendButton.hidden = empty && !this.editing;
    this.fit();
    this.commandList.filter();
  }

  /** As tall as its text, up to a limit; a placeholder that wraps does not count. */
  fit() {
    this.text.style.height = "";
    const needed_px = this.text.value ? this.text.scrollHeight + 2 : 0;
    if (needed_px) this.text.style.height = `${Math.min(needed_px, MOST_HEIGHT_PX)}px`;
  }

  keyDown(event) {
    if (event.isComposing || event.keyCode === 229) return;
    if (this.commandList.keyDown(event)) return;
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      this.submit();
    } else if (event.key === "Escape" && (this.answering || this.editing)) {
      event.preventDefault();
      this.endContext();
    }
  }

  submit() {
    const text = this.text.value.trim();
    if (!text) return;
    if (this.editing) {
      this.actions.edit(this.editing, text);
      this.endContext();
    } else this.sendText(text);
  }

  sendText(text) {
    this.text.value = "";
    this.sendParts({ text });
    this.changed();
    this.text.focus();
  }

  sendParts(parts) {
    this.showProblem("");
    const answered = this.answering && { reply_to: this.answering.message_id };
    if (this.answering) this.endContext();
    this.actions.send({ ...parts, ...answered });
  }

  /** Answer a message with what is sent next. */
  answer(message) {
    this.endContext();
    this.answering = message;
    this.drawContext();
    this.text.focus();
  }

  /** Change the text of a message that was sent. */
  startEdit(message) {
    this.endContext();
    this.editing = message;
    this.text.value = message.text;
    this.drawContext();
    this.changed();
    this.text.focus();
  }

  endContext() {
    if (this.editing) this.text.value = remembered(this.draftKey(), "");
    this.answering = null;
    this.editing = null;
    this.drawContext();
    this.changed();
  }

  /** Throw away what was begun. */
  clear() {
    this.endContext();
    this.text.value = "";
    this.changed();
  }

  drawContext() {
    const message = this.editing ?? this.answering;
    this.context.hidden = !message;
    if (!message) return this.context.replaceChildren();
    this.context.replaceChildren(
      el(
        "div",
        { class: "context-words" },
        el("strong", { text: t(this.editing ? "editing" : "replyTo") }),
        el("span", { text: summary(message) }),
      ),
      iconButton("close", t("cancel"), { on: { click: () => this.endContext() } }),
    );
  }

  /** Show or take away the bot's reply keyboard. */
  setKeyboard(markup, folded = false) {
    this.keyboard = markup;
    this.keyboardButton.hidden = !markup;
    this.text.placeholder = markup?.input_field_placeholder || t("writeMessage");
    this.keys.replaceChildren(
      ...(markup ? [replyKeyboard(markup, (key) => this.keyPressed(key))] : []),
    );
    this.showKeys(Boolean(markup) && !folded);
  }

  showKeys(shown) {
    this.keys.hidden = !shown;
    const label = t(shown ? "hideKeyboard" : "showKeyboard");
    this.keyboardButton.setAttribute("aria-label", label);
    this.keyboardButton.setAttribute("aria-expanded", String(shown));
    this.keyboardButton.title = label;
  }

  keyPressed(key) {
    if (this.keyboard.one_time_keyboard) this.showKeys(false);
    if (key.request_location || key.request_contact) this.actions.keyPressed(key);
    else if (key.web_app || key.request_poll || key.request_users || key.request_chat) {
      notice(t("notSupportedButton"));
    } else this.sendText(key.text);
  }

  showRecording(recording) {
    this.element.classList.toggle("is-recording", recording);
    if (recording) this.showProblem("");
    else this.text.focus();
  }

  showProblem(sentence) {
    this.problem.hidden = !sentence;
    this.problem.replaceChildren(
      ...(sentence
        ? [
            el("span", { text: sentence }),
            button({
              class: "small-button",
              text: t("close"),
              on: { click: () => this.showProblem("") },
            }),
          ]
        : []),
    );
  }
}
