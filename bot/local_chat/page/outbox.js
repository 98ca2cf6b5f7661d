/** Messages on their way from one seat: in order, kept until the server has them. */

import { remember, remembered } from "./preferences.js";
import { knownKeys, sendMessage } from "./server.js";

export class Outbox {
  /**
   * @param {number} seat
   * @param {Object} listeners `changed()` when something waits, failed or left; `sent(message)`
   */
  constructor(seat, listeners) {
    this.seat = seat;
    this.listeners = listeners;
    this.sending = false;
    this.items = remembered(this.key(), []).map((parts) => waiting(parts, true));
  }

  key() {
    return `unsent.${this.seat}`;
  }

  /** Whether something waits that a closed page would lose. */
  holdsFiles() {
    return this.items.some((item) => item.parts.file);
  }

  /** Send a message's parts after those that wait. `shown()` is its text while it waits. */
  add(parts, shown = () => parts.text) {
    this.items.push({ ...waiting(parts, false), shown });
    this.keep();
    return this.work();
  }

  retry(item) {
    item.failed = false;
    this.listeners.changed();
    return this.work();
  }

  discard(item) {
    this.items = this.items.filter((other) => other !== item);
    this.keep();
  }

  /** The server has what was sent with this key, whether or not its answer came. */
  arrived(client_key) {
    const left = this.items.filter((item) => item.parts.client_key !== client_key);
    if (left.length === this.items.length) return;
    this.items = left;
    this.keep();
  }

  /** Ask about what another page of this seat sent: it may have arrived without its answer. */
  async settle() {
    if (!this.items.length) return;
    const keys = this.items.map((item) => item.parts.client_key);
    for (const client_key of await knownKeys(this.seat, keys)) this.arrived(client_key);
  }

  /** Forget everything that waits. */
  clear() {
    this.items = [];
    this.keep();
  }

  /** Send what has not failed, oldest first; one that fails waits for the person. */
  async work() {
    if (this.sending) return;
    this.sending = true;
    for (;;) {
      const item = this.items.find((other) => !other.failed);
      if (!item) break;
      try {
        const answer = await sendMessage(this.seat, item.parts);
        this.items = this.items.filter((other) => other !== item);
        for (const message of answer.messages) this.listeners.sent(message);
      } catch (error) {
        item.failed = true;
        item.reason = error.status ? error.message : "";
      }
      this.keep();
    }
    this.sending = false;
  }

  /** Remember words that wait, so that a reload keeps them; files stay in this page only. */
  keep() {
    const words = this.items.filter((item) => !item.parts.file).map((item) => item.parts);
    remember(this.key(), words.length ? words : null);
    this.listeners.changed();
  }
}

/** `client_key` lets the server know a message again that is sent twice. */
function waiting(described, failed) {
  const parts = { client_key: crypto.randomUUID(), ...described };
  return { parts, failed, reason: "", shown: () => parts.text ?? "…" };
}
