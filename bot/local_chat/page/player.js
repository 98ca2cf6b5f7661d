/** A small player for voice and audio, the same for both, worked by mouse, touch and keys. */

import { el, icon, iconButton } from "./dom.js";
import { duration, t } from "./language.js";

const STEP_S = 1;

/** The sound that plays now; starting another one stops it. */
let playing = null;

/**
 * A player for the sound at `url`.
 * @param {string} url
 * @param {number} length_s as Telegram says it: a browser's own recording does not know its length
 * @param {string} name what it is, for screen readers
 */
export function player(url, length_s, name) {
  const sound = new Audio();
  sound.preload = "none";
  sound.src = url;
  const toggle = iconButton("play", "", { class: "player-toggle" });
  const slider = el("input", {
    type: "range",
    class: "player-position",
    min: "0",
    value: "0",
    max: String(Math.max(length_s, STEP_S)),
    step: "any",
  });
  const clock = el("span", { class: "player-clock", text: duration(length_s) });
  const problem = el("p", { class: "player-problem", role: "status", hidden: true });
  const body = el("div", { class: "player" }, toggle, slider, clock, problem);
  body.dataset.name = name;

  const show = () => {
    slider.value = String(sound.currentTime);
    fill(slider);
    slider.setAttribute(
      "aria-valuetext",
      `${duration(sound.currentTime)} / ${duration(Number(slider.max))}`,
    );
    const begun = !sound.paused || sound.currentTime > 0;
    clock.textContent = duration(begun ? sound.currentTime : Number(slider.max));
  };
  const showState = () => {
    const stopped = sound.paused;
    const does = t(stopped ? "play" : "pause");
    toggle.replaceChildren(icon(stopped ? "play" : "pause"));
    toggle.setAttribute("aria-label", `${does}: ${body.dataset.name}`);
    toggle.title = does;
    slider.setAttribute("aria-label", `${t("position")}: ${body.dataset.name}`);
    body.classList.toggle("is-playing", !stopped);
  };
  toggle.addEventListener("click", () => (sound.paused ? begin(sound, problem) : sound.pause()));
  slider.addEventListener("input", () => {
    sound.currentTime = Number(slider.value);
    show();
  });
  sound.addEventListener("timeupdate", show);
  sound.addEventListener("durationchange", () => {
    if (Number.isFinite(sound.duration) && sound.duration > 0) slider.max = String(sound.duration);
    show();
  });
  sound.addEventListener("play", showState);
  sound.addEventListener("pause", showState);
  sound.addEventListener("ended", () => {
    sound.currentTime = 0;
    show();
  });
  body.addEventListener("redrawn", ({ detail }) => {
    body.dataset.name = detail;
    showState();
  });
  showState();
  fill(slider);
  return body;
}

async function begin(sound, problem) {
  if (playing && playing !== sound) playing.pause();
  playing = sound;
  try {
    await sound.play();
    problem.hidden = true;
  } catch (error) {
    if (error.name === "AbortError") return;
    problem.textContent = t("cannotPlay");
    problem.hidden = false;
  }
}

/** Colour the slider up to its position. */
function fill(slider) {
  const part = Number(slider.value) / Number(slider.max) || 0;
  slider.style.setProperty("--played", `${Math.min(100, part * 100)}%`);
}

/**
 * Let the sound that plays in `from` go on in `to`, its message drawn anew, under the name it has
 * there; where there is none any more it stops.
 */
export function goOn(from, to) {
  const old = from.querySelector(".player.is-playing");
  if (!old) return;
  const drawn = to.querySelector(".player");
  if (!drawn) return stopPlaying();
  drawn.replaceWith(old);
  old.dispatchEvent(new CustomEvent("redrawn", { detail: drawn.dataset.name }));
}

/** Stop whatever plays. */
export function stopPlaying() {
  playing?.pause();
}
