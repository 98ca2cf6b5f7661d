/** Attaching: files with a caption, places, contacts, polls. Each form gives a message's parts. */

import { ask, field, select, toggle } from "./dialogs.js";
import { button, el } from "./dom.js";
import { fileSize, t } from "./language.js";

const MOST_BYTES = 50 * 1024 * 1024;
const PLACE_WAIT_MS = 8000;

/** The menu's files: what they are sent as, which files the browser offers. */
export const FILE_KINDS = {
  photo: { label: "attachPhoto", icon: "picture", accept: "image/*,video/*" },
  audio: { label: "attachAudio", icon: "music", accept: "audio/*" },
  voice: { label: "attachVoice", icon: "microphone", accept: "audio/*,.oga,.ogg,.opus" },
  video_note: { label: "attachVideoNote", icon: "camera", accept: "video/*" },
  document: { label: "attachFile", icon: "file", accept: "" },
};

/** Let the person choose files; resolves to those chosen, none when it was cancelled. */
export function chooseFiles(kind) {
  const input = el("input", {
    type: "file",
    accept: FILE_KINDS[kind].accept || null,
    multiple: true,
    class: "visually-hidden",
    tabindex: "-1",
    "aria-hidden": "true",
  });
  document.body.append(input);
  return new Promise((resolve) => {
    const finish = () => {
      resolve([...input.files]);
      input.remove();
    };
    input.addEventListener("change", finish);
    input.addEventListener("cancel", finish);
    input.click();
  });
}

/** What a dropped or pasted file is sent as. */
export function kindOf(file) {
  const family = file.type.split("/")[0];
  if (family === "image") return file.type === "image/svg+xml" ? "document" : "photo";
  return family === "audio" || family === "video" ? family : "document";
}

/** Ask how to send a file; its parts, or null. */
export async function describeFile(file, kind) {
  const sendAs = kind === "photo" && file.type.startsWith("video/") ? "video" : kind;
  const kinds = [
    ["photo", t("photo")],
    ["video", t("video")],
    ["audio", t("audio")],
    ["voice", t("voice")],
    ["video_note", t("videoNote")],
    ["sticker", t("sticker")],
    ["document", t("document")],
  ];
  const tooLarge = file.size > MOST_BYTES;
  const preview = file.type.startsWith("image/")
    ? el("img", { class: "preview", src: URL.createObjectURL(file), alt: "" })
    : null;
  const fields = await ask({
    title: t("sendFile"),
    accept: tooLarge ? t("ok") : t("send"),
    refuse: tooLarge ? null : t("cancel"),
    body: [
      preview,
      el(
        "p",
        { class: "file-line" },
        el("span", { class: "file-name", text: file.name }),
        el("span", { class: "file-size", text: fileSize(file.size) }),
      ),
      tooLarge && el("p", { class: "problem", role: "alert", text: t("fileTooLarge") }),
      !tooLarge && field(t("sendAs"), select("kind", kinds, sendAs)),
      !tooLarge &&
        field(
          t("caption"),
          el("input", { name: "caption", maxlength: "1024", autocomplete: "off" }),
        ),
      !tooLarge && toggle(t("asForwarded"), "forwarded", t("asForwardedHint")),
    ].filter(Boolean),
  });
  if (preview) URL.revokeObjectURL(preview.src);
  if (!fields || tooLarge) return null;
  const chosen = fields.get("kind");
  return {
    kind: chosen,
    file,
    file_name: file.name,
    caption: fields.get("caption").trim(),
    forwarded: fields.get("forwarded"),
    duration: await length_s(file, chosen),
  };
}

/** The length of a sound or film in whole seconds, as a Telegram app tells it; null if unknown. */
async function length_s(file, kind) {
  if (!["audio", "voice", "video", "video_note"].includes(kind)) return null;
  const element = document.createElement(file.type.startsWith("video/") ? "video" : "audio");
  element.preload = "metadata";
  element.src = URL.createObjectURL(file);
  await new Promise((resolve) => {
    element.addEventListener("loadedmetadata", resolve);
    element.addEventListener("error", resolve);
    setTimeout(resolve, 2000);
  });
  URL.revokeObjectURL(element.src);
  return Number.isFinite(element.duration) ? Math.round(element.duration) : null;
}

const coordinate = (name, limit, value) =>
  el("input", {
    name,
    type: "number",
    step: "any",
    required: true,
    min: String(-limit),
    max: String(limit),
    value: value ?? null,
    inputmode: "decimal",
  });

/** Ask for a place; `once` false offers live sharing. Its parts, or null. */
export async function choosePlace({ title = t("sendLocation"), offerLive = true, at = {} } = {}) {
  const latitude = coordinate("latitude", 90, at.latitude);
  const longitude = coordinate("longitude", 180, at.longitude);
  const problem = el("p", { class: "problem", role: "alert" });
  let found = null;
  const fill = async () => {
    problem.textContent = t("findingPlace");
    found = await herePlace();
    problem.textContent = found ? "" : t("placeRefused");
    if (!found) return;
    latitude.value = found.latitude.toFixed(6);
    longitude.value = found.longitude.toFixed(6);
  };
  const periods = [
    ["", t("shareOnce")],
    ["900", t("minutes15")],
    ["3600", t("hour1")],
    ["28800", t("hours8")],
  ];
  const fields = await ask({
    title,
    accept: t("send"),
    body: [
      button({ class: "plain-button", text: t("useMyPlace"), on: { click: fill } }),
      problem,
      field(t("latitude"), latitude),
      field(t("longitude"), longitude),
      offerLive && field(t("shareFor"), select("live_period", periods, "")),
    ].filter(Boolean),
  });
  if (!fields) return null;
  const place = {
    kind: "location",
    latitude: Number(fields.get("latitude")),
    longitude: Number(fields.get("longitude")),
  };
  const measured = found && found.latitude.toFixed(6) === latitude.value;
  if (measured) place.accuracy = Math.min(1500, found.accuracy);
  const period = fields.get("live_period");
  if (period) place.live_period = Number(period);
  return { place, followed: Boolean(measured && period) };
}

/** Where this device is, or null when it does not say. */
function herePlace() {
  if (!navigator.geolocation) return Promise.resolve(null);
  return new Promise((resolve) => {
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => resolve(coords),
      () => resolve(null),
      { timeout: PLACE_WAIT_MS, maximumAge: 30_000, enableHighAccuracy: true },
    );
  });
}

/** Ask for a contact; its parts, or null. */
export async function chooseContact(known = {}) {
  const fields = await ask({
    title: t("sendContact"),
    accept: t("send"),
    body: [
      field(
        t("firstName"),
        el("input", {
          name: "first_name",
          required: true,
          maxlength: "64",
          value: known.first_name ?? null,
          autocomplete: "off",
        }),
      ),
      field(
        t("phoneNumber"),
        el("input", {
          name: "phone_number",
          type: "tel",
          required: true,
          pattern: "[+*#0-9 \\(\\)\\-]{3,20}",
          autocomplete: "off",
        }),
      ),
    ],
  });
  return (
    fields && {
      kind: "contact",
      first_name: fields.get("first_name"),
      phone_number: fields.get("phone_number"),
    }
  );
}

/** Ask for a poll; its parts, or null. */
export async function choosePoll() {
  const lines = el("textarea", { name: "options", rows: "4", required: true });
  const check = () => {
    const enough = optionLines(lines.value).length >= 2;
    lines.setCustomValidity(enough ? "" : t("options"));
  };
  lines.addEventListener("input", check);
  check();
  const fields = await ask({
    title: t("sendPoll"),
    accept: t("send"),
    body: [
      field(t("question"), el("input", { name: "question", required: true, maxlength: "300" })),
      field(t("options"), lines),
    ],
  });
  return (
    fields && {
      kind: "poll",
      question: fields.get("question"),
      options: optionLines(fields.get("options")),
    }
  );
}

function optionLines(text) {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter(Boolean)
    .slice(0, 10);
}
