/** The bar over the message field while a voice message is being recorded. */

import { el, iconButton } from "./dom.js";
import { ask } from "./dialogs.js";
import { duration, t } from "./language.js";
import { stopPlaying } from "./player.js";
import { Recording, RecordingFailed } from "./recorder.js";

const HOLD_MS = 500;
const ASK_FROM_S = 5;
const PROBLEMS = {
  refused: "microphoneRefused",
  missing: "microphoneMissing",
  impossible: "recordingImpossible",
  elsewhere: "recordingElsewhere",
};

export class VoiceBar {
  /**
   * @param {HTMLElement} place where the bar appears
   * @param {Object} listeners `changed(recording)`, `recorded({file, file_name, duration})`,
   *   `failed(sentence)` with the reason why nothing could be recorded
   */
  constructor(place, listeners) {
    this.place = place;
    this.listeners = listeners;
    this.recording = null;
    this.starting = null;
  }

  /** A button that records: tap to begin, or hold and let go to send. */
  button() {
    const key = iconButton("microphone", t("record"), { class: "record-button" });
    key.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      const pressed_ms = performance.now();
      this.begin();
      const letGo = () => {
        if (performance.now() - pressed_ms >= HOLD_MS) this.sendHeld();
      };
      window.addEventListener("pointerup", letGo, { once: true });
    });
    key.addEventListener("click", (event) => {
      const byKeyboard = event.detail === 0;
      if (byKeyboard) this.begin();
    });
    return key;
  }

  begin() {
    this.starting ??= this.open().finally(() => (this.starting = null));
    return this.starting;
  }

  async open() {
    if (this.recording) return;
    stopPlaying();
    try {
      this.recording = await Recording.begin();
    } catch (error) {
      if (!(error instanceof RecordingFailed)) throw error;
      this.listeners.failed(t(PROBLEMS[error.message]));
      return;
    }
    this.draw();
    this.listeners.changed(true);
    this.sendButton.focus();
  }

  /** Send when the finger lets go, unless the question for the microphone took the time. */
  async sendHeld() {
    if (this.starting || !this.recording) return;
    await this.send();
  }

  draw() {
    this.clock = el("span", { class: "voice-clock" });
    this.level = el("span", {
      class: "voice-level",
      role: "meter",
      "aria-label": t("level"),
      "aria-valuemin": "0",
      "aria-valuemax": "100",
      "aria-valuenow": "0",
    });
    this.sendButton = iconButton("send", t("sendVoice"), {
      class: "send-button",
      on: { click: () => this.send() },
    });
    const cancel = iconButton("bin", t("cancelVoice"), { on: { click: () => this.cancel() } });
    this.bar = el(
      "div",
      { class: "voice-bar", role: "group", "aria-label": t("recordingNow") },
      cancel,
      el("span", { class: "voice-dot", "aria-hidden": "true" }),
      this.clock,
      this.level,
      this.sendButton,
    );
    this.bar.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.preventDefault();
      this.cancel();
    });
    this.place.append(this.bar);
    this.tick();
  }

  tick() {
    if (!this.recording) return;
    this.clock.textContent = duration(this.recording.length_s());
    const level = this.recording.level();
    this.level.style.setProperty("--level", String(level));
    this.level.setAttribute("aria-valuenow", String(Math.round(100 * level)));
    setTimeout(() => this.tick(), 100);
  }

  async send() {
    const { recording } = this;
    this.close();
    const recorded = await recording.finish();
    if (recorded) this.listeners.recorded(recorded);
    else this.listeners.failed(t("recordingEmpty"));
  }

  async cancel() {
    const { recording } = this;
    const length_s = recording.length_s();
    if (length_s >= ASK_FROM_S) {
      const question = {
        title: t("throwAway"),
        accept: t("discard"),
        refuse: t("keepRecording"),
        body: [el("p", { text: t("throwAwayText", { time: duration(length_s) }) })],
      };
      if (!(await ask(question)) || this.recording !== recording) return;
    }
    recording.release();
    this.close();
  }

  close() {
    this.recording = null;
    this.bar.remove();
    this.listeners.changed(false);
  }
}
