/** A seat's settings: its name, the language it tells the bot, blocking the bot. */

import { ask, field, select, toggle } from "./dialogs.js";
import { el } from "./dom.js";
import { seatName, t } from "./language.js";
import { remember } from "./preferences.js";
import { addSeat } from "./server.js";

const MOST_NAME = 64;

/** Ask for a seat's settings and change what differs. */
export async function seatMenu(panel) {
  const { seat } = panel;
  const name = seatName(seat);
  const blocked = toggle(t("blockBot"), "blocked");
  blocked.querySelector("input").checked = seat.blocked;
  const fields = await ask({
    title: t("seatMenu", { seat: name }),
    accept: t("save"),
    body: [
      field(t("seatName"), nameField(name)),
      field(
        t("seatLanguage"),
        select(
          "language",
          [
            ["ko", t("korean")],
            ["en", t("english")],
          ],
          seat.language,
        ),
        t("seatLanguageHint"),
      ),
      blocked,
    ],
  });
  if (!fields) return;
  const values = {};
  const wanted = fields.get("name").trim();
  if (wanted && wanted !== name) values.name = wanted;
  if (fields.get("language") !== seat.language) values.language = fields.get("language");
  if (Boolean(fields.get("blocked")) !== seat.blocked)
    values.blocked = Boolean(fields.get("blocked"));
  if (values.language) remember(`language.${panel.number}`, values.language);
  if (Object.keys(values).length) await panel.change(values);
}

/** Ask for a new seat's name and add it; the seat, or null. */
export async function askForSeat(count) {
  const fields = await ask({
    title: t("addSeat"),
    accept: t("add"),
    body: [field(t("newSeatName"), nameField(t("newSeatSuggestion", { n: count })))],
  });
  return fields && addSeat(fields.get("name").trim());
}

function nameField(value) {
  return el("input", {
    name: "name",
    value,
    required: true,
    maxlength: String(MOST_NAME),
    pattern: ".*\\S.*",
    autocomplete: "off",
  });
}
