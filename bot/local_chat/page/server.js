/** Calls to the local chat: one function for each thing a seat may do. */

import { language, refusal, t } from "./language.js";

/** The server refused; `message` says why in the page's language. */
export class Refused extends Error {
  /**
   * @param {number} status HTTP status
   * @param {{error?: string, description?: string}|null} answer the server's key and sentence
   */
  constructor(status, answer) {
    super(refusal(answer?.error) ?? (answer?.description || t("failed")));
    this.status = status;
  }
}

/** Nobody answered: the server is away or the network is. */
class Unreachable extends Error {}

/** The launch session is over: only opening the printed address again helps. */
export class SessionOver extends Error {}

async function request(path, options) {
  try {
    return await fetch(path, options);
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Unreachable(error.message);
  }
}

/** The file of a kind's loop at a strength, as "rain/soft"; made first where it is not there. */
export async function readLoop(name) {
  const response = await authorised(`/sounds/${name}`, {});
  if (!response.ok) throw new Refused(response.status, await response.json().catch(() => null));
  return response.arrayBuffer();
}

async function call(path, method = "GET", body = undefined) {
  const options = { method };
  if (body instanceof FormData) options.body = body;
  else if (body !== undefined) {
    options.body = JSON.stringify(body);
    options.headers = { "Content-Type": "application/json" };
  }
  const response = await authorised(path, options);
  const answer = await response.json().catch(() => null);
  if (!response.ok) throw new Refused(response.status, answer);
  return answer;
}

/** Seats that this page has entered or is entering, each with its promise. */
const entered = new Map();

/** Ask with the seat's session; once more when the server does not know the session. */
async function authorised(path, options) {
  const seat = /^\/seats\/(\d+)\//.exec(path)?.[1];
  if (seat) await enter(seat);
  const response = await request(path, options);
  if (response.status !== 403) return response;
  const { error } = await response
    .clone()
    .json()
    .catch(() => ({}));
  if (error === "no_session") throw new SessionOver();
  if (error !== "wrong_seat") return response;
  entered.delete(seat);
  await enter(seat);
  return request(path, options);
}

/** Take a seat once: sets the seat's own session. */
function enter(seat) {
  if (!entered.has(seat)) {
    const entering = takeSeat(seat);
    entering.catch(() => entered.delete(seat));
    entered.set(seat, entering);
  }
  return entered.get(seat);
}

async function takeSeat(seat) {
  const response = await request(`/seats/${seat}/enter`, { method: "POST" });
  if (response.status === 403) throw new SessionOver();
  if (!response.ok) throw new Refused(response.status, null);
}

/** Open the seat's events after number `after`. */
export async function openEvents(seat, after, signal) {
  const path = `/seats/${seat}/events?after=${after}`;
  const response = await authorised(path, { signal, headers: { Accept: "text/event-stream" } });
  if (!response.ok) throw new Refused(response.status, null);
  return response.body.pipeThrough(new TextDecoderStream()).getReader();
}

/** The bot, its commands and the seats. */
export const readChat = () => call(`/api/chat?lang=${language()}`);

export const addSeat = (name) => call("/api/seats", "POST", { name });

/** Change a seat's `name`, `language` or `blocked`. */
export const changeSeat = (seat, values) => call(`/seats/${seat}/`, "PATCH", values);

/** Up to 50 messages before number `before`, oldest first, with keyboard and event number. */
export const readMessages = (seat, before = null) =>
  call(`/seats/${seat}/messages?limit=50${before === null ? "" : `&before=${before}`}`);

/** Send a message; a part called `file` makes it a form, all else is JSON. */
export function sendMessage(seat, parts) {
  const path = `/seats/${seat}/messages`;
  if (!parts.file) return call(path, "POST", parts);
  const form = new FormData();
  for (const [name, value] of Object.entries(parts)) {
    if (value === null || value === undefined || value === "") continue;
    if (name === "file") form.append(name, value, parts.file_name);
    else form.append(name, String(value));
  }
  return call(path, "POST", form);
}

/** Which of the keys that messages were sent with the server knows. */
export const knownKeys = async (seat, client_keys) =>
  (await call(`/seats/${seat}/sent`, "POST", { client_keys })).client_keys;

export const start = (seat, payload) =>
  call(`/seats/${seat}/start`, "POST", payload ? { payload } : {});

export const pressButton = (seat, message_id, data) =>
  call(`/seats/${seat}/callbacks`, "POST", { message_id, data });

export const editText = (seat, message_id, text) =>
  call(`/seats/${seat}/edits`, "POST", { message_id, text });

/** Move a live location, or end it with {stop: true}. */
export const changeLiveLocation = (seat, message_id, change) =>
  call(`/seats/${seat}/live_locations/${message_id}`, "POST", change);

export const react = (seat, message_id, emoji) =>
  call(`/seats/${seat}/reactions`, "POST", { message_id, emoji });

export const deleteMessage = (seat, message_id) =>
  call(`/seats/${seat}/messages/${message_id}`, "DELETE");

export const forwardMessage = (seat, message_id, to_seat) =>
  call(`/seats/${seat}/forwards`, "POST", { message_id, to_seat });
