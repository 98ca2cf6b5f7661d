/** The log of one seat: its messages in order, days between them, older ones on demand. */

import { button, el } from "./dom.js";
import { dayKey, dayName, t } from "./language.js";
import { messageElement, pendingElement, renew } from "./message.js";
import { goOn, stopPlaying } from "./player.js";
import { readMessages } from "./server.js";

const NEAR_END_PX = 80;
const PAGE = 50;

export class Conversation {
  /**
   * @param {number} seat
   * @param {Object} actions what messages can do, see messageElement
   */
  constructor(seat, actions) {
    this.seat = seat;
    this.actions = actions;
    this.messages = new Map();
    this.elements = new Map();
    this.days = new Map();
    this.removed = new Set();
    this.loaded = false;
    this.atEnd = true;
    this.noted = { scrollTop: 0, scrollHeight: 0 };
    this.older = button({
      class: "older-button",
      hidden: true,
      on: { click: () => this.loadOlder() },
    });
    this.empty = el("p", { class: "empty-chat" });
    this.list = el("div", {
      class: "log",
      role: "log",
      "aria-live": "polite",
      "aria-relevant": "additions",
      tabindex: "0",
    });
    this.pending = el("div", { class: "pending" });
    this.typing = el("p", { class: "typing", hidden: true });
    this.content = el(
      "div",
      { class: "log-content" },
      this.older,
      this.empty,
      this.list,
      this.pending,
      this.typing,
    );
    this.jump = button({ class: "jump-button", hidden: true, on: { click: () => this.toEnd() } });
    this.scroller = el("div", { class: "log-scroller" }, this.content);
    this.element = el("div", { class: "log-place" }, this.scroller, this.jump);
    this.watch();
  }

  watch() {
    this.scroller.addEventListener("scroll", () => this.noteScroll());
    new ResizeObserver(() => this.follow()).observe(this.content);
    new ResizeObserver(() => this.follow()).observe(this.scroller);
    new IntersectionObserver(([seen]) => seen.isIntersecting && this.loadOlder(), {
      root: this.scroller,
    }).observe(this.older);
    this.list.addEventListener("keydown", (event) => this.walk(event));
  }

  /** Only the person moves up in an unchanged log; a log that grows stays at its end. */
  noteScroll() {
    const { scrollTop, scrollHeight, clientHeight } = this.scroller;
    if (!clientHeight) return;
    const movedUp = scrollTop < this.noted.scrollTop && scrollHeight === this.noted.scrollHeight;
    this.noted = { scrollTop, scrollHeight };
    if (scrollHeight - scrollTop - clientHeight < NEAR_END_PX) {
      this.atEnd = true;
      this.jump.hidden = true;
    } else if (movedUp) this.atEnd = false;
  }

  /** Stay at the end while the person is there: pictures arrive, keyboards open. */
  follow() {
    if (this.atEnd) this.scroller.scrollTop = this.scroller.scrollHeight;
  }

  toEnd() {
    this.atEnd = true;
    this.jump.hidden = true;
    this.follow();
  }

  /** Show the newest messages as they were read; they are not read aloud. */
  begin(messages) {
    this.quietly(() => {
      for (const message of messages) this.put(message);
    });
    this.older.hidden = messages.length < PAGE;
    this.loaded = true;
    this.label();
  }

  /** Change the log without a screen reader reading all of it. */
  quietly(change) {
    this.list.setAttribute("aria-live", "off");
    change();
    requestAnimationFrame(() => this.list.setAttribute("aria-live", "polite"));
  }

  async loadOlder() {
    if (this.older.hidden || this.loadingOlder || !this.messages.size) return;
    this.loadingOlder = true;
    this.older.textContent = t("loading");
    try {
      const { messages } = await readMessages(this.seat, Math.min(...this.messages.keys()));
      const fromEnd = this.scroller.scrollHeight - this.scroller.scrollTop;
      this.quietly(() => messages.forEach((message) => this.put(message)));
      this.older.hidden = messages.length < PAGE;
      this.scroller.scrollTop = this.scroller.scrollHeight - fromEnd;
    } finally {
      this.loadingOlder = false;
      this.older.textContent = t("loadOlder");
    }
  }

  /** Show a message: in place when it is known, else where its number belongs. */
  put(message) {
    const id = message.message_id;
    if (this.removed.has(id)) return; // the answer to sending it came after its deletion
    const fresh = messageElement(message, this.actions);
    const newest = id > this.newestId();
    this.messages.set(id, message);
    if (this.elements.has(id)) renew(this.elements.get(id), fresh);
    else {
      this.elements.set(id, fresh);
      this.insert(id, fresh, newest);
      if (newest && message.outgoing) this.toEnd();
      else if (newest && this.loaded && !this.atEnd) this.jump.hidden = false;
    }
    this.empty.hidden = true;
    this.follow();
  }

  insert(id, element, newest) {
    if (newest) this.list.append(element);
    else {
      const next_id = Math.min(...[...this.elements.keys()].filter((other) => other > id));
      this.list.insertBefore(element, this.beforeWithDay(this.elements.get(next_id), id));
    }
    this.markDay(id);
  }

  /** Before the day's line of the next message, when that message begins another day. */
  beforeWithDay(next, id) {
    const before = next.previousElementSibling;
    if (!before?.classList.contains("day")) return next;
    const day = dayKey(this.messages.get(id).date);
    return before.dataset.day === day ? next : before;
  }

  markDay(id) {
    const { date } = this.messages.get(id);
    const day = dayKey(date);
    const first = this.elements.get(id);
    const known = this.days.get(day);
    if (known && known.compareDocumentPosition(first) & Node.DOCUMENT_POSITION_FOLLOWING) return;
    known?.remove();
    const line = el("p", { class: "day" }, el("span", { text: dayName(date) }));
    line.dataset.day = day;
    this.days.set(day, line);
    first.before(line);
  }

  remove(id) {
    this.removed.add(id);
    const element = this.elements.get(id);
    if (!element) return;
    const focused = element.contains(document.activeElement);
    if (element.querySelector(".is-playing")) stopPlaying();
    const before = element.previousElementSibling;
    const alone =
      before?.classList.contains("day") &&
      !element.nextElementSibling?.classList.contains("message");
    element.remove();
    if (alone) {
      this.days.delete(before.dataset.day);
      before.remove();
    }
    this.elements.delete(id);
    this.messages.delete(id);
    if (focused) this.list.focus();
    this.empty.hidden = this.messages.size > 0;
  }

  /** Take every message away. */
  clear() {
    this.quietly(() => [...this.messages.keys()].forEach((id) => this.remove(id)));
    this.removed.clear(); // what is written from now on is numbered anew
    this.older.hidden = true;
    this.jump.hidden = true;
    this.toEnd();
  }

  /** Change some of what a known message has. */
  amend(id, values) {
    const message = this.messages.get(id);
    if (message) this.put({ ...message, ...values });
  }

  newestId() {
    return Math.max(0, ...this.messages.keys());
  }

  /** How many of the bot's messages are newer than `id`. */
  countAfter(id) {
    let count = 0;
    for (const message of this.messages.values()) {
      if (message.message_id > id && !message.outgoing) count += 1;
    }
    return count;
  }

  /** Show the messages that are on their way. */
  showPending(items) {
    this.pending.replaceChildren(...items.map((item) => pendingElement(item, this.actions)));
    if (items.length) this.toEnd();
  }

  /** Show what the bot is doing; null when it is doing nothing. */
  showTyping(text) {
    this.typing.hidden = !text;
    this.typing.textContent = text ?? "";
    this.follow();
  }

  /** Bring a message into sight and into focus. */
  reveal(id) {
    const element = this.elements.get(id);
    element?.scrollIntoView({ block: "center" });
    element?.focus({ preventScroll: true });
  }

  label() {
    this.older.textContent = t("loadOlder");
    this.empty.hidden = this.messages.size > 0;
    this.jump.textContent = `↓ ${t("newMessages")}`;
    this.list.setAttribute("aria-label", this.actions.logName());
  }

  /** Draw everything anew in the page's language. */
  redraw() {
    this.quietly(() => {
      for (const [id, message] of this.messages) {
        const element = messageElement(message, this.actions);
        goOn(this.elements.get(id), element);
        this.elements.get(id).replaceWith(element);
        this.elements.set(id, element);
      }
      for (const line of this.days.values()) {
        line.firstChild.textContent = dayName(Date.parse(line.dataset.day) / 1000);
      }
    });
    this.label();
  }

  /** Arrow keys go from message to message; Enter opens a message's menu. */
  walk(event) {
    const at = document.activeElement;
    if (at !== this.list && !at.classList.contains("message")) return;
    const all = [...this.list.querySelectorAll(".message")];
    const index = all.indexOf(at);
    const target = {
      ArrowUp: index < 0 ? all.at(-1) : all[index - 1],
      ArrowDown: index < 0 ? null : all[index + 1],
      Home: all[0],
      End: all.at(-1),
    }[event.key];
    if (target) target.focus();
    else if (index >= 0 && ["Enter", "ContextMenu"].includes(event.key)) {
      at.querySelector(".message-more").click();
    } else return;
    event.preventDefault();
  }
}
