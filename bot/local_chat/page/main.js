/** The page: seats as tabs, language, brightness, the state of the connection. */

import { notice } from "./dialogs.js";
import { button, el, icon } from "./dom.js";
import { chooseLanguage, language, seatName, switchLanguage, t, translate } from "./language.js";
import { Mixer } from "./mixer.js";
import { Panel } from "./panel.js";
import { applyTheme, remember, remembered, switchTheme, theme } from "./preferences.js";
import { isRecording } from "./recorder.js";
import { askForSeat } from "./seat_menu.js";
import { readChat, Refused, SessionOver } from "./server.js";

applyTheme();

const RETRY_MS = 1500;
const WIDE = matchMedia("(min-width: 1100px)");
const THEME_ICONS = { system: "system", night: "moon", day: "sun" };
const MOST_COUNT = 99;

const page = {
  chat: { bot: {}, commands: [], seats: [], links_base: "" },
  panels: new Map(),
  lost: new Map(),
  selected: remembered("seat", 1),
  beside: remembered("beside", false),
  connection,
  countsChanged,
  reread,
  seatChanged: drawTabs,
};
const byId = (id) => document.getElementById(id);
const mixer = new Mixer(byId("mixer"), page);

async function begin() {
  const query = new URLSearchParams(location.search);
  chooseLanguage(query.get("lang"));
  history.replaceState(null, "", "/");
  translatePage();
  for (;;) {
    try {
      page.chat = await readChat();
      break;
    } catch (error) {
      showConnection(error);
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }
  showConnection(null);
  page.chat.seats.forEach(addPanel);
  show(page.panels.has(page.selected) ? page.selected : page.chat.seats[0].seat);
  const payload = query.get("start");
  if (payload) page.panels.get(page.selected).start(payload);
}

function addPanel(seat) {
  const panel = new Panel(seat, page);
  page.panels.set(seat.seat, panel);
  byId("panels").append(panel.element);
  panel.element.addEventListener("focusin", () => {
    if (page.selected !== panel.number) show(panel.number);
  });
}

/** Show a seat, alone or beside the others. */
function show(number) {
  page.selected = number;
  remember("seat", number);
  const beside = page.beside && WIDE.matches;
  document.body.classList.toggle("is-beside", beside);
  for (const panel of page.panels.values()) panel.setShown(beside || panel.number === number);
  drawTabs();
}

function drawTabs() {
  const focused = document.activeElement?.closest("#tabs") !== null;
  const tabs = [...page.panels.values()].map((panel) => tab(panel));
  byId("tabs").replaceChildren(...tabs);
  const chosen = tabs.find((one) => one.tabIndex === 0);
  if (focused) chosen?.focus();
  chosen?.scrollIntoView({ block: "nearest", inline: "nearest" });
  countsChanged();
}

function tab(panel) {
  const selected = panel.number === page.selected;
  return button(
    {
      role: "tab",
      class: "tab",
      id: `tab-${panel.number}`,
      "aria-selected": String(selected),
      "aria-controls": `panel-${panel.number}`,
      tabindex: selected ? "0" : "-1",
      on: { click: () => choose(panel.number) },
    },
    el("span", { class: "tab-name", text: seatName(panel.seat) }),
    el("span", { class: "count", hidden: true }),
  );
}

function choose(number) {
  show(number);
  const { element } = page.panels.get(number);
  element.scrollIntoView({ block: "nearest", inline: "nearest" });
}

function moveTab(event) {
  const numbers = [...page.panels.keys()];
  const at = numbers.indexOf(page.selected);
  const target = {
    ArrowRight: numbers[(at + 1) % numbers.length],
    Home: numbers[0],
    ArrowLeft: numbers[(at - 1 + numbers.length) % numbers.length],
    End: numbers.at(-1),
  }[event.key];
  if (target === undefined) return;
  event.preventDefault();
  choose(target);
}

/** Write the unread counts on the tabs and into the title. */
function countsChanged() {
  let all = 0;
  for (const panel of page.panels.values()) {
    const count = panel.unread();
    all += count;
    const badge = byId(`tab-${panel.number}`)?.querySelector(".count");
    if (!badge) continue;
    const shown = count > MOST_COUNT ? `${MOST_COUNT}+` : String(count);
    if (badge.dataset.shown === shown) continue;
    badge.dataset.shown = shown;
    badge.hidden = count === 0;
    badge.replaceChildren();
    if (count)
      badge.append(
        el("span", { "aria-hidden": "true", text: shown }),
        el("span", { class: "visually-hidden", text: ` ${t("unread", { n: shown })}` }),
      );
  }
  document.title = all ? `(${all}) ${t("pageTitle")}` : t("pageTitle");
}

/** The bot changed its commands, names or menu. */
async function reread() {
  try {
    page.chat = await readChat();
  } catch {
    return;
  }
  for (const panel of page.panels.values()) {
    panel.label();
    panel.composer.commandsChanged();
  }
}

/** A seat's connection stands (null) or broke. */
function connection(panel, error) {
  if (error) page.lost.set(panel.number, error);
  else page.lost.delete(panel.number);
  showConnection([...page.lost.values()][0] ?? null);
}

function showConnection(error) {
  const line = byId("connection");
  if (!error && !line.hidden) notice(t("connectionBack"));
  line.hidden = !error;
  if (!error) return;
  const text = error instanceof SessionOver ? t("sessionOver") : t("connectionLost");
  if (line.textContent !== text) line.textContent = text;
}

function translatePage() {
  document.documentElement.lang = language();
  translate(document);
  byId("language").lang = language() === "ko" ? "en" : "ko";
  drawTheme();
  mixer.label();
}

function drawTheme() {
  const names = { system: t("themeSystem"), night: t("themeNight"), day: t("themeDay") };
  const label = t("themeNow", { theme: names[theme()] });
  byId("theme").replaceChildren(icon(THEME_ICONS[theme()]));
  byId("theme").setAttribute("aria-label", label);
  byId("theme").title = label;
}

async function changeLanguage() {
  switchLanguage();
  translatePage();
  for (const panel of page.panels.values()) panel.redraw();
  drawTabs();
  await reread();
}

async function addSeat() {
  try {
    const seat = await askForSeat(page.panels.size);
    if (!seat) return;
    addPanel(seat);
    choose(seat.seat);
  } catch (error) {
    notice(error instanceof Refused ? error.message : t("failed"));
  }
}

function listen() {
  byId("tabs").addEventListener("keydown", moveTab);
  byId("add-seat").append(icon("plus"));
  byId("add-seat").addEventListener("click", addSeat);
  byId("language").addEventListener("click", changeLanguage);
  byId("theme").addEventListener("click", () => {
    switchTheme();
    drawTheme();
  });
  byId("beside").append(icon("columns"));
  byId("beside").setAttribute("aria-pressed", String(page.beside));
  byId("beside").addEventListener("click", () => {
    page.beside = !page.beside;
    remember("beside", page.beside);
    byId("beside").setAttribute("aria-pressed", String(page.beside));
    show(page.selected);
  });
  WIDE.addEventListener("change", () => show(page.selected));
  byId("skip").addEventListener("click", () =>
    page.panels.get(page.selected)?.composer.text.focus(),
  );
  document.addEventListener("visibilitychange", () => {
    for (const panel of page.panels.values()) panel.noteRead();
  });
  addEventListener("online", () => page.panels.forEach((panel) => panel.events.hurry()));
  addEventListener("beforeunload", (event) => {
    const holds =
      isRecording() || [...page.panels.values()].some((panel) => panel.outbox.holdsFiles());
    if (holds) event.preventDefault();
  });
}

listen();
begin();
