// The key of this tab: asked for when the server wants one, kept until the tab is closed.

import { byId } from "./dom.js";
import { keep, keyOf } from "./http.js";

let go = () => undefined;

export function prepareKey() {
  const dialog = byId("key-dialog");
  byId("key-button").addEventListener("click", () => askForKey(() => location.reload()));
  byId("key-cancel").addEventListener("click", () => dialog.close());
  byId("key-forget").addEventListener("click", () => done(""));
  byId("key-form").addEventListener("submit", (event) => {
    event.preventDefault();
    if (byId("key").value.trim()) done(byId("key").value.trim());
  });
  dialog.addEventListener("close", () => {
    byId("key").value = "";
  });
  show();
}

/** Opens the dialog; `then` runs with the new key in place. */
export function askForKey(then) {
  go = then;
  byId("key-forget").hidden = !keyOf();
  byId("key-dialog").showModal();
  byId("key").focus();
}

function done(key) {
  keep(key);
  show();
  byId("key-dialog").close();
  if (key) go();
}

function show() {
  byId("key-button").classList.toggle("set", Boolean(keyOf()));
  byId("key-button").title = keyOf() ? "A key is in use" : "No key is in use";
}
