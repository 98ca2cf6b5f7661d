/** The mixer: sliders for kinds of sound, heard at once here, or sent to the chat as /sleep. */

import { button, el, icon, iconButton } from "./dom.js";
import { duration, t } from "./language.js";
import { decode, Mix, MOST_LEVEL, playing } from "./mixer_sound.js";
import { stopPlaying } from "./player.js";
import { readLoop, Refused } from "./server.js";

export const KINDS = [
  "rain",
  "waves",
  "stream",
  "wind",
  "birds",
  "crickets",
  "fireplace",
  "thunder",
];
export const STRENGTHS = ["faint", "soft", "full", "deep", "focus"];
const NIGHT_MINUTES = 480;
const LENGTHS_MINUTES = [15, 30, 45, 60, NIGHT_MINUTES];
const MOST_KINDS_IN_CHAT = 3;
const LOOK_MS = 1000;

function lengthLabel(minutes) {
  return minutes === NIGHT_MINUTES ? t("mixerNight") : t("mixerMinutes", { n: minutes });
}

export class Mixer {
  /**
   * @param {HTMLButtonElement} opener shows that something plays while the panel is closed
   * @param {Object} page `panels` and the number of the `selected` one
   */
  constructor(opener, page) {
    this.opener = opener;
    this.page = page;
    this.levels = Object.fromEntries(KINDS.map((kind) => [kind, kind === "rain" ? 6 : 0]));
    this.strength = "soft";
    this.minutes = 30;
    this.loops = new Map();
    this.mix = null;
    opener.addEventListener("click", () => this.open());
    this.label();
  }

  /** Write the opener's name in the page's language. */
  label() {
    const label = t(this.mix ? "mixerPlaying" : "mixer");
    this.opener.setAttribute("aria-label", label);
    this.opener.title = label;
    this.opener.classList.toggle("is-playing", Boolean(this.mix));
  }

  open() {
    this.status = el("p", { class: "mixer-status", role: "status" });
    this.clock = el("p", { class: "mixer-clock" });
    this.toggle = button({ class: "main-button", on: { click: () => this.pressed() } });
    this.box = el(
      "dialog",
      { class: "dialog mixer", "aria-labelledby": "mixer-title" },
      this.head(),
      el("div", { class: "mixer-kinds" }, ...KINDS.map((kind) => this.slider(kind))),
      this.choice("mixerStrength", STRENGTHS, this.strength, (value) => t(`strength_${value}`), {
        chosen: (value) => this.strengthChosen(value),
      }),
      this.choice("mixerLength", LENGTHS_MINUTES, this.minutes, lengthLabel, {
        chosen: (value) => this.lengthChosen(Number(value)),
      }),
      this.foot(),
    );
    this.box.addEventListener("close", () => {
      this.box.remove();
      this.opener.focus();
    });
    document.body.append(this.box);
    this.show();
    this.box.showModal();
  }

  head() {
    return el(
      "header",
      { class: "mixer-head" },
      el("h2", { id: "mixer-title", text: `🌙 ${t("mixer")}` }),
      iconButton("close", t("close"), { on: { click: () => this.box.close() } }),
      el("p", { class: "field-hint", text: t("mixerHint") }),
    );
  }

  slider(kind) {
    const value = el("span", { class: "mixer-value", "aria-hidden": "true" });
    const input = el("input", {
      type: "range",
      class: "player-position",
      min: "0",
      max: String(MOST_LEVEL),
      value: String(this.levels[kind]),
    });
    const show = () => {
      const level = this.levels[kind];
      value.textContent = level ? String(level) : t("mixerOff");
      input.setAttribute("aria-valuetext", value.textContent);
      input.style.setProperty("--played", `${(100 * level) / MOST_LEVEL}%`);
    };
    input.addEventListener("input", () => {
      this.levels[kind] = Number(input.value);
      show();
      this.mix?.setLevels(this.levels);
      this.fill();
      this.show();
    });
    show();
    const name = el("span", { class: "mixer-name", text: t(`kind_${kind}`) });
    return el("label", { class: "mixer-kind" }, name, input, value);
  }

  choice(name, values, now, labelled, { chosen }) {
    const radios = values.map((value) =>
      el(
        "label",
        { class: "mixer-choice" },
        el("input", {
          type: "radio",
          name,
          value,
          checked: value === now,
          on: { change: () => chosen(value) },
        }),
        el("span", { text: labelled(value) }),
      ),
    );
    return el(
      "fieldset",
      { class: "mixer-choices" },
      el("legend", { class: "field-label", text: t(name) }),
      ...radios,
    );
  }

  foot() {
    this.sendButton = button({
      class: "plain-button",
      text: t("mixerSend"),
      on: { click: () => this.send() },
    });
    return el(
      "footer",
      { class: "mixer-foot" },
      this.status,
      this.clock,
      el("div", { class: "dialog-buttons" }, this.sendButton, this.toggle),
    );
  }

  strengthChosen(strength) {
    this.strength = strength;
    this.loops.clear(); // a minute is 11 MB in memory
    this.fill();
    this.show();
  }

  lengthChosen(minutes) {
    this.minutes = minutes;
    this.mix?.setLength(60 * minutes);
    this.show();
  }

  chosen() {
    return KINDS.filter((kind) => this.levels[kind]);
  }

  pressed() {
    if (this.mix) this.stop("");
    else if (this.chosen().length) this.play();
    else this.tell(t("mixerNothing"));
  }

  play() {
    stopPlaying();
    this.mix = new Mix(playing(), 60 * this.minutes, this.levels);
    this.looking = setInterval(() => this.look(), LOOK_MS);
    this.fill();
    this.show();
  }

  stop(why) {
    clearInterval(this.looking);
    this.mix?.leave();
    this.mix = null;
    this.tell(why);
    this.show();
  }

  look() {
    if (this.mix.left_s() > 0) this.showClock();
    else this.stop("");
  }

  /** Fetch the loops that are wanted and not there, one at a time: messages need a line too. */
  async fill() {
    if (this.filling) return;
    this.filling = true;
    try {
      for (let kind; (kind = this.lacking()); ) {
        this.tell(t("mixerLoading", { kind: t(`kind_${kind}`) }));
        const name = `${kind}/${this.strength}`;
        if (!this.loops.has(name)) this.loops.set(name, await decode(await readLoop(name)));
        if (name === `${kind}/${this.strength}`) this.mix?.put(kind, name, this.loops.get(name));
        this.tell("");
      }
    } catch (error) {
      this.stop(error instanceof Refused ? error.message : t("failed"));
    } finally {
      this.filling = false;
    }
  }

  lacking() {
    const { mix } = this;
    return mix && this.chosen().find((kind) => mix.nameOf(kind) !== `${kind}/${this.strength}`);
  }

  /** Write the command into the chat that is shown, as the person could. */
  send() {
    const panel = this.page.panels.get(this.page.selected);
    const number = this.chosen().length;
    if (!number) return this.tell(t("mixerNothing"));
    if (number > MOST_KINDS_IN_CHAT) return this.tell(t("mixerTooMany"));
    if (!panel.seat.started || panel.seat.blocked) return this.tell(t("mixerStartFirst"));
    panel.send({ text: this.command() });
    this.box.close();
  }

  command() {
    const kinds = this.chosen();
    const alike = new Set(kinds.map((kind) => this.levels[kind])).size === 1;
    const words = kinds.map((kind) => t(`kind_${kind}`) + (alike ? "" : `:${this.levels[kind]}`));
    return `/sleep ${words.join(" ")} ${t(`strength_${this.strength}`)} ${this.minutes}`;
  }

  tell(sentence) {
    if (this.status && this.status.textContent !== sentence) this.status.textContent = sentence;
  }

  /** Draw what follows from the choices and from whether it plays. */
  show() {
    this.label();
    if (!this.box?.isConnected) return;
    if (this.chosen().length > MOST_KINDS_IN_CHAT) this.tell(t("mixerTooMany"));
    else if (this.status.textContent === t("mixerTooMany")) this.tell("");
    this.toggle.replaceChildren(icon(this.mix ? "stop" : "play"));
    this.toggle.append(t(this.mix ? "mixerStop" : "mixerPlay"));
    this.showClock();
  }

  showClock() {
    this.clock.hidden = !this.mix;
    if (this.mix) this.clock.textContent = t("mixerLeft", { time: duration(this.mix.left_s()) });
  }
}
