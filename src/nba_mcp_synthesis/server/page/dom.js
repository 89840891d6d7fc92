// Elements from plain values. Text always goes in as text: nothing here can make markup of data.

export const byId = (id) => document.getElementById(id);

/** An element; `props` are its properties and attributes, children are elements or text. */
export function el(tag, props = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === null) continue;
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (name in made) made[name] = value;
    else made.setAttribute(name, value);
  }
  made.append(...children.flat(2).filter((child) => child !== null && child !== undefined && child !== ""));
  return made;
}

/** A list of texts under a heading, or nothing where there are none. */
export function listed(title, texts, className = "note") {
  if (!texts?.length) return null;
  return el(
    "section", { className },
    el("h3", {}, title),
    el("ul", {}, texts.map((text) => el("li", {}, text))),
  );
}

/** A button that opens and closes `body`. */
export function opener(label, body) {
  const button = el("button", { type: "button", className: "quiet opener", "aria-expanded": "false" }, label);
  body.hidden = true;
  button.addEventListener("click", () => {
    body.hidden = !body.hidden;
    button.setAttribute("aria-expanded", String(!body.hidden));
  });
  return button;
}
