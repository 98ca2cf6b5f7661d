/** Messages that are neither words nor files: places, contacts, polls, dice. */

import { button, el, icon } from "./dom.js";
import { ago, clockTime, t } from "./language.js";

const FOREVER_S = 0x7fffffff;
const TICK_MS = 20_000;

/** The nodes for a message's card; empty where it has none. */
export function cardOf(message, actions) {
  if (message.venue) return [venue(message)];
  if (message.location) return [place(message, actions)];
  if (message.contact) return [contact(message.contact)];
  if (message.poll) return [poll(message.poll)];
  if (message.dice) return [dice(message.dice)];
  return [];
}

function mapLink({ latitude, longitude }) {
  const at = `mlat=${latitude}&mlon=${longitude}#map=16/${latitude}/${longitude}`;
  return el(
    "a",
    {
      class: "card-link",
      href: `https://www.openstreetmap.org/?${at}`,
      target: "_blank",
      rel: "noopener noreferrer",
    },
    icon("outside"),
    el("span", { text: `${t("openMap")} (${t("opensOutside")})` }),
  );
}

function coordinates({ latitude, longitude, horizontal_accuracy: accuracy_m }) {
  const text = t("coordinates", {
    latitude: latitude.toFixed(5),
    longitude: longitude.toFixed(5),
  });
  const within = accuracy_m ? t("accuracy", { metres: Math.round(accuracy_m) }) : "";
  return el("p", { class: "card-line", text: within ? `${text} · ${within}` : text });
}

function venue(message) {
  const { title, address, location } = message.venue;
  return el(
    "div",
    { class: "card" },
    el("span", { class: "card-sign" }, icon("place")),
    el(
      "div",
      { class: "card-body" },
      el("p", { class: "card-title", text: title }),
      el("p", { class: "card-line", text: address }),
      coordinates(location),
      mapLink(location),
    ),
  );
}

/** When a live location ends, in seconds since 1970; null for one sent once. */
function liveEnd_s(message) {
  const period_s = message.location?.live_period;
  if (!period_s) return null;
  return period_s >= FOREVER_S ? Infinity : message.date + period_s;
}

/** Whether a live location is still being shared. */
export function isLive(message) {
  const end_s = liveEnd_s(message);
  return end_s !== null && Date.now() / 1000 < end_s;
}

function place(message, actions) {
  const { location } = message;
  const wasLive = location.live_period !== undefined;
  const title = el("p", { class: "card-title" });
  const age = el("p", { class: "card-line card-age" });
  const body = el(
    "div",
    { class: "card-body" },
    title,
    coordinates(location),
    age,
    mapLink(location),
  );
  const card = el(
    "div",
    { class: "card" },
    el("span", { class: "card-sign" }, icon("place")),
    body,
  );
  const update = () => {
    const live = isLive(message);
    card.classList.toggle("is-live", live);
    title.textContent = t(live ? "liveLocation" : wasLive ? "liveEnded" : "location");
    const until_s = liveEnd_s(message);
    age.textContent = [
      t("updatedAgo", { ago: ago(message.edit_date ?? message.date) }),
      live && Number.isFinite(until_s) && t("liveUntil", { time: clockTime(until_s) }),
    ]
      .filter(Boolean)
      .join(" · ");
    card.querySelector(".card-buttons")?.toggleAttribute("hidden", !live);
  };
  if (message.outgoing && isLive(message)) body.append(liveButtons(message, actions));
  update();
  keepUpdated(card, update);
  return card;
}

function liveButtons(message, actions) {
  return el(
    "div",
    { class: "card-buttons" },
    button({
      class: "small-button",
      text: t("movePosition"),
      on: { click: () => actions.movePosition(message) },
    }),
    button({
      class: "small-button",
      text: t("stopSharing"),
      on: { click: () => actions.stopSharing(message) },
    }),
  );
}

/** Say anew how old a place is while it is on the page. */
function keepUpdated(card, update) {
  const timer = setInterval(() => {
    if (card.isConnected) update();
    else clearInterval(timer);
  }, TICK_MS);
}

function contact(person) {
  const name = [person.first_name, person.last_name].filter(Boolean).join(" ");
  const number = person.phone_number;
  return el(
    "div",
    { class: "card" },
    el("span", { class: "card-sign" }, icon("person")),
    el(
      "div",
      { class: "card-body" },
      el("p", { class: "card-title", text: name || t("contact") }),
      el("a", {
        class: "link card-number",
        href: `tel:${number.replace(/[^\d+*#]/g, "")}`,
        "aria-label": t("call", { number }),
        text: number,
      }),
    ),
  );
}

function poll({ question, options, is_closed: closed, total_voter_count: voters }) {
  const lines = options.map((option) => {
    const share = voters ? option.voter_count / voters : 0;
    const bar = el("span", { class: "poll-bar", "aria-hidden": "true" });
    bar.style.setProperty("--share", `${share * 100}%`);
    return el(
      "li",
      {},
      el("span", { text: option.text }),
      el("span", { class: "poll-votes", text: t("pollVotes", { n: option.voter_count ?? 0 }) }),
      bar,
    );
  });
  return el(
    "div",
    { class: "poll" },
    el("p", { class: "card-title", text: question }),
    el("p", { class: "card-line", text: t(closed ? "pollClosed" : "poll") }),
    el("ul", {}, ...lines),
  );
}

function dice({ emoji, value }) {
  return el("span", {
    class: "big-emoji",
    role: "img",
    "aria-label": t("dice", { value }),
    text: `${emoji} ${value}`,
  });
}
