/** Live locations that a seat shares: moved by hand, or following this device. */

import { choosePlace } from "./attach.js";
import { isLive } from "./cards.js";
import { tell } from "./dialogs.js";
import { t } from "./language.js";
import { remember, remembered } from "./preferences.js";
import { changeLiveLocation } from "./server.js";

const LEAST_MS = 5000;
const GONE = [404, 409];

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
  const newest = [...panel.conversation.messages.values()]
    .reverse()
    .find((message) => message.outgoing && isLive(message));
  if (!newest) return;
  remember(key(panel), [...followed(panel), newest.message_id]);
  follow(panel, newest.message_id);
}

/** Go on following where the page was closed or loaded anew. */
export function followAgain(panel) {
  for (const message_id of followed(panel)) follow(panel, message_id);
}

/** Follow for none of the seat's live locations any more. */
export const stopFollowing = (panel) => remember(key(panel), null);

const key = (panel) => `followed.${panel.number}`;

const followed = (panel) => remembered(key(panel), []);

/** Of several windows one follows; another goes on when that is closed. */
function follow(panel, message_id) {
  const name = `todak-follow-${panel.number}-${message_id}`;
  navigator.locks.request(name, () => new Promise((end) => new Following(panel, message_id, end)));
}

/** One live location that is told where this device is. */
class Following {
  constructor(panel, message_id, ended) {
    this.panel = panel;
    this.message_id = message_id;
    this.ended = ended;
    this.newest = null;
    this.told_ms = -LEAST_MS;
    this.watch = navigator.geolocation.watchPosition(
      ({ coords }) => {
        this.newest = coords;
        this.tell();
      },
      (error) => error.code === error.PERMISSION_DENIED && this.refused(),
    );
    // A position that came too soon after another is told by and by.
    this.timer = setInterval(() => this.tell(), LEAST_MS);
  }

  isOver() {
    const message = this.panel.conversation.messages.get(this.message_id);
    return !followed(this.panel).includes(this.message_id) || (message && !isLive(message));
  }

  async tell() {
    if (this.isOver()) return this.end();
    if (!this.newest || performance.now() - this.told_ms < LEAST_MS) return;
    this.told_ms = performance.now();
    const { latitude, longitude } = this.newest;
    this.newest = null;
    try {
      await changeLiveLocation(this.panel.number, this.message_id, { latitude, longitude });
    } catch (error) {
      if (GONE.includes(error.status)) this.end();
      // Else the next position is sent again; a place that is not told shows its age on the card.
    }
  }

  refused() {
    this.end();
    tell(t("followingRefused"));
  }

  end() {
    navigator.geolocation.clearWatch(this.watch);
    clearInterval(this.timer);
    const others = followed(this.panel).filter((other) => other !== this.message_id);
    remember(key(this.panel), others.length ? others : null);
    this.ended();
  }
}
