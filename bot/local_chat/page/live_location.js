/** Live locations that a seat shares: moved by hand, or following this device. */

import { choosePlace } from "./attach.js";
import { isLive } from "./cards.js";
import { t } from "./language.js";
import { changeLiveLocation } from "./server.js";

const LEAST_MS = 5000;

/** Ask for a new position of a live location. */
export async function movePosition(panel, message) {
  const chosen = await choosePlace({
    title: t("movePosition"),
    offerLive: false,
    at: message.location,
  });
  if (!chosen) return;
  const { latitude, longitude } = chosen.place;
  await panel.attempt(() =>
    changeLiveLocation(panel.number, message.message_id, { latitude, longitude }),
  );
}

/** End a live location. */
export const stopSharing = (panel, message) =>
  panel.attempt(() => changeLiveLocation(panel.number, message.message_id, { stop: true }));

/** Let the newest live location of the seat follow this device until it ends. */
export function followPosition(panel) {
  const { messages } = panel.conversation;
  const newest = [...messages.values()]
    .reverse()
    .find((message) => message.outgoing && isLive(message));
  if (!newest) return;
  let sent_ms = performance.now();
  const watch = navigator.geolocation.watchPosition(({ coords }) => {
    const message = messages.get(newest.message_id);
    if (!message || !isLive(message)) return navigator.geolocation.clearWatch(watch);
    if (performance.now() - sent_ms < LEAST_MS) return;
    sent_ms = performance.now();
    const { latitude, longitude } = coords;
    changeLiveLocation(panel.number, newest.message_id, { latitude, longitude }).catch(() => {
      // The next position is sent again; a place that is not told shows its age on the card.
    });
  });
}
