/** Dialogs, menus and short notices. */

import { button, el, icon, iconButton } from "./dom.js";
import { t } from "./language.js";

const NOTICE_MS = 4500;

/**
 * Ask something in a dialog; Esc and cancel answer null.
 * @param {Object} question `title`, `body` nodes, `accept` label or null where the body holds the
 *   buttons that accept, `refuse` label or null for a
 *   dialog that only tells, `alert` for one that interrupts.
 * @returns {Promise<FormData|null>} the form's fields once accepted
 */
export function ask({ title, body = [], accept = t("ok"), refuse = t("cancel"), alert = false }) {
  const heading = el("h2", { text: title, id: "dialog-title" });
  const form = el(
    "form",
    { method: "dialog" },
    heading,
    ...body,
    el(
      "div",
      { class: "dialog-buttons" },
      refuse && button({ class: "plain-button", text: refuse, on: { click: () => box.close() } }),
      accept && button({ type: "submit", class: "main-button", text: accept, autofocus: alert }),
    ),
  );
  const box = el(
    "dialog",
    { class: "dialog", "aria-labelledby": "dialog-title", role: alert ? "alertdialog" : null },
    form,
  );
  return new Promise((resolve) => {
    let answer = null;
    form.addEventListener("submit", () => (answer = new FormData(form)));
    open(box, () => resolve(answer));
  });
}

/** Tell something that has to be seen and closed. */
export const tell = (text) => ask({ title: text, refuse: null, alert: true });

/** Show a picture as large as the window. */
export function openPicture(url, description) {
  const close = iconButton("close", t("close"), { class: "picture-close" });
  const box = el(
    "dialog",
    { class: "picture-dialog", "aria-label": description },
    el("img", { src: url, alt: description }),
    close,
  );
  box.addEventListener("click", () => box.close());
  open(box, () => {});
}

function open(box, whenClosed) {
  const before = document.activeElement;
  document.body.append(box);
  box.addEventListener("close", () => {
    box.remove();
    if (before?.isConnected) before.focus();
    whenClosed();
  });
  box.showModal();
}

/** A labelled field for a dialog. */
export function field(label, control, hint = null) {
  return el(
    "label",
    { class: "field" },
    el("span", { class: "field-label", text: label }),
    control,
    hint && el("span", { class: "field-hint", text: hint }),
  );
}

/** A switch for a dialog: a checkbox that looks like one. */
export function toggle(label, name, hint = null) {
  return el(
    "label",
    { class: "toggle" },
    el("input", { type: "checkbox", name, value: "1", role: "switch" }),
    el(
      "span",
      { class: "toggle-text" },
      el("span", { text: label }),
      hint && el("span", { class: "field-hint", text: hint }),
    ),
  );
}

/** A choice for a dialog; `choices` are [value, label] pairs. */
export function select(name, choices, chosen) {
  return el(
    "select",
    { name },
    ...choices.map(([value, label]) =>
      el("option", { value, text: label, selected: value === chosen }),
    ),
  );
}

/** Say something short at the edge of the page, read out by screen readers. */
export function notice(text) {
  const line = el("p", { class: "notice", text });
  document.getElementById("notices").append(line);
  setTimeout(() => line.remove(), NOTICE_MS);
}

/**
 * Open a menu beside `anchor`.
 * @param {HTMLElement} anchor gets the focus back
 * @param {Object[]} entries `label`, `icon`, `run`, and `row` for entries shown side by side
 */
export function openMenu(anchor, label, entries) {
  const list = el("div", { class: "menu", role: "menu", "aria-label": label });
  const close = (refocus = true) => {
    if (!list.isConnected) return;
    list.remove();
    document.removeEventListener("pointerdown", outside, true);
    anchor.setAttribute("aria-expanded", "false");
    if (refocus) anchor.focus();
  };
  const outside = (event) => {
    if (!list.contains(event.target)) close(false);
  };
  const quick = el("div", { class: "menu-row", role: "group" });
  for (const entry of entries) {
    const item = menuItem(entry);
    item.addEventListener("click", () => {
      close();
      entry.run();
    });
    (entry.row ? quick : list).append(item);
  }
  if (quick.childElementCount) list.prepend(quick);
  list.addEventListener("keydown", (event) => moveInMenu(event, list, close));
  document.body.append(list);
  document.addEventListener("pointerdown", outside, true);
  anchor.setAttribute("aria-expanded", "true");
  placeBeside(list, anchor);
  list.querySelector("[role=menuitem]").focus();
}

function menuItem(entry) {
  return button(
    {
      role: "menuitem",
      tabindex: "-1",
      class: entry.row ? "menu-emoji" : "menu-item",
      "aria-label": entry.spoken ?? null,
    },
    entry.icon && icon(entry.icon),
    el("span", { text: entry.label }),
  );
}

function moveInMenu(event, list, close) {
  const items = [...list.querySelectorAll("[role=menuitem]")];
  const at = items.indexOf(document.activeElement);
  const steps = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 };
  if (event.key in steps) items[(at + steps[event.key] + items.length) % items.length].focus();
  else if (event.key === "Home") items[0].focus();
  else if (event.key === "End") items.at(-1).focus();
  else if (event.key === "Escape") close();
  else if (event.key === "Tab") close(false);
  else return;
  if (event.key !== "Tab") event.preventDefault();
  event.stopPropagation();
}

/** Put a menu above its anchor where there is room, else below, inside the window. */
function placeBeside(list, anchor) {
  const around = anchor.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = list;
  const left = Math.min(Math.max(8, around.left), innerWidth - width - 8);
  const above = around.top - height - 4;
  const top = above >= 8 ? above : Math.min(around.bottom + 4, innerHeight - height - 8);
  list.style.left = `${Math.max(8, left)}px`;
  list.style.top = `${Math.max(8, top)}px`;
}
