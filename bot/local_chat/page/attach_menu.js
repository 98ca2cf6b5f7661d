/** The menu of what can be sent besides text. */

import {
  chooseContact,
  chooseFiles,
  choosePoll,
  describeFile,
  FILE_KINDS,
  kindOf,
} from "./attach.js";
import { openMenu } from "./dialogs.js";
import { t } from "./language.js";

/** Open the menu beside `anchor`; what is chosen is sent from the panel's seat. */
export function attachMenu(anchor, panel) {
  const files = Object.entries(FILE_KINDS).map(([kind, { label, icon }]) => ({
    label: t(label),
    icon,
    run: async () => sendFiles(panel, await chooseFiles(kind), kind),
  }));
  openMenu(anchor, t("attach"), [
    ...files,
    { label: t("attachLocation"), icon: "place", run: () => panel.sendPlace() },
    { label: t("attachContact"), icon: "person", run: () => sendChosen(panel, chooseContact) },
    { label: t("attachPoll"), icon: "poll", run: () => sendChosen(panel, choosePoll) },
    { label: t("attachDice"), icon: "dice", run: () => panel.send({ kind: "dice" }) },
  ]);
}

/** Ask about each file in turn and send those that are not cancelled. */
export async function sendFiles(panel, files, kind = null) {
  for (const file of files) {
    const parts = await describeFile(file, kind ?? kindOf(file));
    if (parts) panel.send(parts);
  }
}

async function sendChosen(panel, choose) {
  const parts = await choose();
  if (parts) panel.send(parts);
}
