/** The list of the bot's commands over the message field. */

import { el } from "./dom.js";
import { t } from "./language.js";

export class CommandList {
  /**
   * @param {HTMLTextAreaElement} text the field it belongs to
   * @param {() => Object[]} commands gives Telegram's BotCommand objects
   * @param {(command: string) => void} chosen called with the command, slash first
   */
  constructor(text, commands, chosen) {
    this.text = text;
    this.commands = commands;
    this.chosen = chosen;
    this.at = 0;
    this.id = `commands-${Math.random().toString(36).slice(2)}`;
    this.element = el("ul", { class: "command-list", role: "listbox", id: this.id, hidden: true });
    text.setAttribute("aria-controls", this.id);
    text.setAttribute("aria-autocomplete", "list");
    text.addEventListener("blur", () => this.close());
    this.close();
  }

  isOpen() {
    return !this.element.hidden;
  }

  /** Open with every command, or close. */
  toggle() {
    if (this.isOpen()) this.close();
    else {
      this.show(this.commands());
      this.text.focus();
    }
  }

  /** Offer what begins as the text does, while the text is the beginning of a command. */
  filter() {
    const begun = /^\/(\w*)$/.exec(this.text.value);
    if (!begun) return this.close();
    this.show(this.commands().filter(({ command }) => command.startsWith(begun[1])));
  }

  show(found) {
    if (!found.length) return this.close();
    this.element.setAttribute("aria-label", t("commands"));
    this.element.replaceChildren(...found.map((command, index) => this.option(command, index)));
    this.element.hidden = false;
    this.mark(0);
  }

  option({ command, description }, index) {
    const choose = (event) => {
      event.preventDefault();
      this.choose(index);
    };
    const option = el(
      "li",
      { role: "option", id: `${this.id}-${index}`, on: { pointerdown: choose } },
      el("strong", { text: `/${command}` }),
      el("span", { text: description }),
    );
    option.dataset.command = command;
    return option;
  }

  mark(index) {
    const options = [...this.element.children];
    this.at = (index + options.length) % options.length;
    options.forEach((option, i) => option.setAttribute("aria-selected", String(i === this.at)));
    options[this.at].scrollIntoView({ block: "nearest" });
    this.text.setAttribute("aria-activedescendant", options[this.at].id);
  }

  choose(index) {
    const { command } = this.element.children[index].dataset;
    this.close();
    this.chosen(`/${command}`);
  }

  /** Whether the list took the key. */
  keyDown(event) {
    if (!this.isOpen()) return false;
    const acts = {
      ArrowDown: () => this.mark(this.at + 1),
      ArrowUp: () => this.mark(this.at - 1),
      Enter: () => this.choose(this.at),
      Tab: () => this.choose(this.at),
      Escape: () => this.close(),
    };
    if (!acts[event.key] || event.shiftKey) return false;
    event.preventDefault();
    acts[event.key]();
    return true;
  }

  close() {
    this.element.hidden = true;
    this.text.removeAttribute("aria-activedescendant");
  }
}
