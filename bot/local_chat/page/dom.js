/** Making elements without ever parsing text as HTML. */

/**
 * Make an element.
 * @param {string} tag
 * @param {Object} attributes `text` sets the text, `on` holds listeners, functions are refused;
 *   null, undefined and false leave an attribute out, true sets it empty.
 * @param {...(Node|string|null|undefined|false)} children
 */
export function el(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "text") element.textContent = value;
    else if (name === "on") listen(element, value);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...children.filter((child) => child || child === ""));
  return element;
}

function listen(element, listeners) {
  for (const [event, listener] of Object.entries(listeners)) {
    element.addEventListener(event, listener);
  }
}

/** A button; `type` is button unless told, so that no form is sent by accident. */
export function button(attributes, ...children) {
  return el("button", { type: "button", ...attributes }, ...children);
}

const SHAPES = {
  menu: ["M4 7h16M4 12h16M4 17h16"],
  more: ["M12 6v.01M12 12v.01M12 18v.01"],
  send: ["M5 12h13M12 5l7 7-7 7"],
  microphone: [
    "M12 3a3 3 0 0 0-3 3v6a3 3 0 0 0 6 0V6a3 3 0 0 0-3-3z",
    "M6 11v1a6 6 0 0 0 12 0v-1M12 18v3",
  ],
  attach: [
    "M19.5 11.5l-7.8 7.8a4.6 4.6 0 0 1-6.5-6.5l8-8a3.1 3.1 0 0 1 4.4 4.4l-8 8a1.6 1.6 0 0 1-2.3-2.3l7.3-7.3",
  ],
  keyboard: [
    "M4 6h16a1 1 0 0 1 1 1v10a1 1 0 0 1-1 1H4a1 1 0 0 1-1-1V7a1 1 0 0 1 1-1z",
    "M7 10v.01M11 10v.01M15 10v.01M17 14v.01M7 14v.01M10 14h4",
  ],
  slash: ["M15 5L9 19"],
  play: ["M8 5l11 7-11 7z"],
  pause: ["M8 5v14M16 5v14"],
  stop: ["M7 7h10v10H7z"],
  close: ["M6 6l12 12M18 6L6 18"],
  plus: ["M12 5v14M5 12h14"],
  down: ["M12 5v14M6 13l6 6 6-6"],
  lock: [
    "M7 11h10a1 1 0 0 1 1 1v7a1 1 0 0 1-1 1H7a1 1 0 0 1-1-1v-7a1 1 0 0 1 1-1z",
    "M9 11V8a3 3 0 0 1 6 0v3",
  ],
  outside: ["M14 5h5v5M19 5l-8 8M17 13v5a1 1 0 0 1-1 1H6a1 1 0 0 1-1-1V8a1 1 0 0 1 1-1h5"],
  download: ["M12 4v11M7 10l5 5 5-5M5 20h14"],
  file: ["M7 3h7l5 5v12a1 1 0 0 1-1 1H7a1 1 0 0 1-1-1V4a1 1 0 0 1 1-1z", "M14 3v5h5"],
  picture: [
    "M5 5h14a1 1 0 0 1 1 1v12a1 1 0 0 1-1 1H5a1 1 0 0 1-1-1V6a1 1 0 0 1 1-1z",
    "M4 16l5-5 4 4 2-2 5 4M15 9v.01",
  ],
  music: [
    "M9 18V6l10-2v12",
    "M9 18a2.5 2.5 0 1 1-5 0 2.5 2.5 0 0 1 5 0zM19 16a2.5 2.5 0 1 1-5 0 2.5 2.5 0 0 1 5 0z",
  ],
  camera: ["M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16z", "M12 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6z"],
  place: [
    "M12 21s7-6.2 7-11.5A7 7 0 0 0 5 9.5C5 14.8 12 21 12 21z",
    "M12 12a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5z",
  ],
  person: ["M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8z", "M5 20a7 7 0 0 1 14 0"],
  poll: ["M6 20v-8M12 20V5M18 20v-5"],
  dice: [
    "M6 4h12a2 2 0 0 1 2 2v12a2 2 0 0 1-2 2H6a2 2 0 0 1-2-2V6a2 2 0 0 1 2-2z",
    "M9 9v.01M15 15v.01M12 12v.01M15 9v.01M9 15v.01",
  ],
  reply: ["M10 7l-5 5 5 5M5 12h9a5 5 0 0 1 5 5v1"],
  copy: ["M9 9h10v11H9z", "M15 9V5H5v11h4"],
  forward: ["M14 7l5 5-5 5M19 12h-9a5 5 0 0 0-5 5v1"],
  edit: ["M5 19l1-4L16 5l3 3L9 18z"],
  bin: ["M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13"],
  clock: ["M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16z", "M12 8v4l3 2"],
  sun: [
    "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8z",
    "M12 2v3M12 19v3M2 12h3M19 12h3M5 5l2 2M17 17l2 2M19 5l-2 2M7 17l-2 2",
  ],
  moon: ["M20 14.5A8.5 8.5 0 0 1 9.5 4 8.5 8.5 0 1 0 20 14.5z"],
  system: ["M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16z", "M12 4v16M12 8h6M12 12h8M12 16h6"],
  columns: ["M4 5h16v14H4z", "M9.5 5v14M14.5 5v14"],
};

/** A line drawing that takes the colour of the text around it; hidden from screen readers. */
export function icon(name) {
  const space = "http://www.w3.org/2000/svg";
  const drawing = document.createElementNS(space, "svg");
  drawing.setAttribute("viewBox", "0 0 24 24");
  drawing.setAttribute("class", `icon icon-${name}`);
  drawing.setAttribute("aria-hidden", "true");
  for (const line of SHAPES[name]) {
    const path = document.createElementNS(space, "path");
    path.setAttribute("d", line);
    drawing.append(path);
  }
  return drawing;
}

/** A button that is only a drawing: its label is read aloud and shown on hover. */
export function iconButton(name, label, attributes = {}) {
  return button(
    {
      ...attributes,
      class: `icon-button ${attributes.class ?? ""}`,
      "aria-label": label,
      title: label,
    },
    icon(name),
  );
}
