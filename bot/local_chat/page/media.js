/** What a message carries besides words: pictures, sounds, films, files. */

import { button, el, icon } from "./dom.js";
import { fileSize, t } from "./language.js";
import { openPicture } from "./dialogs.js";
import { player } from "./player.js";

const SHARP_PICTURE_PX = 640;
const MOST_PICTURE_PX = 420;
const LEAST_PICTURE_PX = 160;

/** The nodes for a message's media; empty where it has none. */
export function mediaOf(message) {
  if (message.photo) return [photo(message)];
  if (message.voice) return [voice(message.voice)];
  if (message.audio) return [audio(message.audio, message.protected)];
  if (message.video_note) return [film(message.video_note, "videoNote", message)];
  if (message.animation) return [animation(message.animation, message)];
  if (message.video) return [film(message.video, "video", message)];
  if (message.sticker) return [sticker(message.sticker)];
  if (message.document) return [file(message.document, message.protected)];
  return [];
}

/** How wide a picture's bubble is, in CSS pixels; null for a message without one. */
export function pictureWidth_px(message) {
  if (!message.photo) return null;
  const { width } = sizesOf(message).shown;
  return Math.min(MOST_PICTURE_PX, Math.max(LEAST_PICTURE_PX, width));
}

function sizesOf({ photo: all }) {
  const sizes = [...all].sort((one, other) => one.width - other.width);
  const largest = sizes.at(-1);
  return { shown: sizes.find((size) => size.width >= SHARP_PICTURE_PX) ?? largest, largest };
}

function photo(message) {
  const { shown, largest } = sizesOf(message);
  const picture = el("img", {
    src: shown.file_url,
    alt: message.caption || t("photo"),
    width: shown.width,
    height: shown.height,
    draggable: !message.protected && null,
  });
  const opener = button(
    { class: "photo", "aria-label": `${t("openPhoto")}: ${message.caption || t("photo")}` },
    picture,
  );
  if (shown.width && shown.height) opener.style.aspectRatio = `${shown.width} / ${shown.height}`;
  picture.addEventListener("error", () => opener.classList.add("is-broken"));
  if (message.has_media_spoiler) veil(opener);
  opener.addEventListener("click", () => {
    if (opener.classList.contains("is-veiled")) {
      opener.classList.remove("is-veiled");
      opener.setAttribute("aria-label", t("openPhoto"));
    } else openPicture(largest.file_url, message.caption || t("photo"));
  });
  return opener;
}

function veil(opener) {
  opener.classList.add("is-veiled");
  opener.setAttribute("aria-label", t("spoilerPicture"));
}

function voice(sound) {
  return el("div", { class: "voice" }, player(sound.file_url, sound.duration ?? 0, t("voice")));
}

function audio(sound, isProtected) {
  const title = sound.title || sound.file_name || t("audio");
  const cover = sound.thumbnail?.file_url
    ? el("img", { class: "cover", src: sound.thumbnail.file_url, alt: "" })
    : el("span", { class: "cover" }, icon("music"));
  const about = el(
    "div",
    { class: "audio-about" },
    el("span", { class: "audio-title", text: title }),
    sound.performer && el("span", { class: "audio-performer", text: sound.performer }),
  );
  return el(
    "div",
    { class: "audio" },
    cover,
    about,
    !isProtected && downloadLink(sound, title),
    player(sound.file_url, sound.duration ?? 0, title),
  );
}

function film(video, kind, message) {
  const element = el("video", {
    src: video.file_url,
    controls: true,
    playsinline: true,
    preload: "metadata",
    class: kind === "videoNote" ? "film film-round" : "film",
    "aria-label": t(kind),
  });
  if (message.protected) element.setAttribute("controlslist", "nodownload");
  return element;
}

function animation(moving, message) {
  const type = moving.mime_type ?? "";
  if (type.startsWith("image/")) {
    return el("img", {
      class: "film",
      src: moving.file_url,
      alt: message.caption || t("animation"),
    });
  }
  const element = el("video", {
    class: "film",
    src: moving.file_url,
    loop: true,
    playsinline: true,
    controls: true,
    "aria-label": t("animation"),
  });
  element.muted = true;
  return element;
}

function sticker(picture) {
  const name = `${t("sticker")} ${picture.emoji ?? ""}`.trim();
  if (picture.is_animated || !picture.file_url) {
    return el("span", {
      class: "big-emoji",
      role: "img",
      "aria-label": name,
      text: picture.emoji || "🙂",
    });
  }
  if (picture.is_video) {
    const moving = el("video", {
      class: "sticker",
      src: picture.file_url,
      loop: true,
      playsinline: true,
      controls: true,
      "aria-label": name,
    });
    moving.muted = true;
    return moving;
  }
  return el("img", { class: "sticker", src: picture.file_url, alt: name });
}

function file(document, isProtected) {
  const name = document.file_name || t("document");
  const about = el(
    "span",
    { class: "file-about" },
    el("span", { class: "file-name", text: name }),
    document.file_size && el("span", { class: "file-size", text: fileSize(document.file_size) }),
  );
  const sign = el("span", { class: "file-sign" }, icon("file"));
  if (isProtected) return el("div", { class: "file" }, sign, about);
  return el(
    "a",
    {
      class: "file",
      href: document.file_url,
      download: name,
      "aria-label": t("download", { name }),
    },
    sign,
    about,
  );
}

function downloadLink(sound, title) {
  const label = t("download", { name: sound.file_name || title });
  return el(
    "a",
    {
      class: "icon-button",
      href: sound.file_url,
      download: sound.file_name || title,
      "aria-label": label,
      title: label,
    },
    icon("download"),
  );
}
