/**
 * Each seat's events, over few connections.
 *
 * A browser opens six connections to one origin over HTTP/1.1, all windows together. A stream
 * kept open for every seat would use them up and nothing could be sent any more. So at most
 * LIVE_SLOTS streams stay open in all windows of this browser; every other seat looks in
 * regularly with a stream that it closes when nothing more comes.
 */

import { openEvents, SessionOver } from "./server.js";

const LIVE_SLOTS = 3;
const QUIET_MS = 250;
const LOOK_SHOWN_MS = 800;
const LOOK_HIDDEN_MS = 2000;
const FIRST_RETRY_MS = 400;
const MOST_RETRY_MS = 5000;

/** Streams of this window, to give a slot from a hidden seat to a shown one. */
const streams = new Set();

export class SeatEvents {
  /**
   * @param {number} seat
   * @param {Object} listeners `load()` reads the conversation and gives the number of the newest
   *   event it holds, `event(event)` gets each later one in order, `opened()` is told when the
   *   connection stands and `lost(error)` when it broke.
   */
  constructor(seat, listeners) {
    this.seat = seat;
    this.listeners = listeners;
    this.after = null;
    this.shown = false;
    this.live = false;
    this.stood = false;
    this.wake = () => {};
    this.controller = null;
    streams.add(this);
    this.run();
  }

  /** Whether the person sees this seat: shown seats come first for the open streams. */
  setShown(shown) {
    this.shown = shown;
    if (!shown || this.live) return;
    const hidden = [...streams].find((stream) => stream.live && !stream.shown);
    hidden?.controller?.abort();
    this.wake();
  }

  /** Try again at once: the browser says that the network is back. */
  hurry() {
    this.wake();
  }

  async run() {
    let retry_ms = FIRST_RETRY_MS;
    for (;;) {
      try {
        this.after ??= await this.listeners.load();
        await withSlot((live) => this.read(live));
        retry_ms = FIRST_RETRY_MS;
        await this.pause(this.shown ? LOOK_SHOWN_MS : LOOK_HIDDEN_MS);
      } catch (error) {
        this.live = false;
        this.stood = false;
        this.listeners.lost(error);
        await this.pause(error instanceof SessionOver ? MOST_RETRY_MS : retry_ms);
        retry_ms = Math.min(2 * retry_ms, MOST_RETRY_MS);
      }
    }
  }

  /** Read until the server ends the stream, or until it is quiet when this is not `live`. */
  async read(live) {
    const controller = (this.controller = new AbortController());
    this.live = live;
    let timer = 0;
    const closeSoon = () => {
      clearTimeout(timer);
      if (!live) timer = setTimeout(() => controller.abort(), QUIET_MS);
    };
    try {
      const reader = await openEvents(this.seat, this.after, controller.signal);
      this.stands();
      closeSoon();
      let rest = "";
      for (;;) {
        const { value, done } = await reader.read();
        if (done) break;
        closeSoon();
        rest = this.take(rest + value);
      }
    } catch (error) {
      if (!controller.signal.aborted) throw error;
    } finally {
      clearTimeout(timer);
      this.live = false;
    }
  }

  stands() {
    if (!this.stood) this.listeners.opened();
    this.stood = true;
  }

  /** Hand on the whole events in `text` and give back what is not whole yet. */
  take(text) {
    const parts = text.replaceAll("\r\n", "\n").split("\n\n");
    const rest = parts.pop();
    for (const part of parts) this.takeOne(part);
    return rest;
  }

  takeOne(part) {
    let data = "";
    for (const line of part.split("\n")) {
      if (line.startsWith("id:")) this.after = Number(line.slice(3));
      else if (line.startsWith("data:")) data += line.slice(5).trimStart();
    }
    if (data) this.listeners.event(JSON.parse(data));
  }

  pause(length_ms) {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, length_ms);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

/** Run `work(true)` holding one of the open-stream slots of this browser, else `work(false)`. */
async function withSlot(work) {
  for (let slot = 0; slot < LIVE_SLOTS; slot += 1) {
    let taken = false;
    await navigator.locks.request(`todak-stream-${slot}`, { ifAvailable: true }, (lock) => {
      taken = lock !== null;
      return taken ? work(true) : undefined;
    });
    if (taken) return;
  }
  await work(false);
}
