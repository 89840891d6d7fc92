// The page: its views by address (#, #answer/ID, #history, #data), its keys, its form.

import { inOneLine, openData } from "./data.js";
import { byId, el } from "./dom.js";
import { follow, put, recall, reset, stop } from "./exchange.js";
import { hideWhereThereIsNone, openHistory, prepareHistory } from "./history.js";
import { get } from "./http.js";
import { askForKey, prepareKey } from "./key.js";

const VIEWS = ["ask", "history", "data"];

function open(view) {
  for (const name of VIEWS) byId(`${name}-view`).hidden = name !== view;
  for (const link of document.querySelectorAll("nav a")) {
    if (link.dataset.view === view) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
}

function route() {
  delete document.documentElement.dataset.waiting;
  const [name, id] = location.hash.slice(1).split("/");
  open(VIEWS.includes(name) ? name : "ask");
  if (name === "answer" && id) recall(id);
  else if (name === "history") openHistory();
  else if (name === "data") openData();
  else reset();
}

function submit(question) {
  const text = question.trim();
  if (!text) return;
  byId("question").value = text;
  put(text);
}

function onKey(event) {
  if (byId("key-dialog").open) return;
  if (event.key === "Escape") stop();
  const isTyping = event.target.matches("input, textarea");
  if (event.key !== "/" || isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  if (byId("ask-view").hidden) {
    location.hash = "";
    open("ask"); // the address tells it later, and what is hidden takes no focus
  }
  byId("question").focus();
  byId("question").select();
}

async function tellWhatIsLoaded() {
  const line = byId("loaded");
  try {
    const status = await get("v1/status");
    const mark = status.simulated ? el("strong", { className: "simulated" }, "Simulated: invented demo league") : "";
    line.replaceChildren(mark, el("a", { href: "#data" }, inOneLine(status)));
  } catch (trouble) {
    if (trouble.status === 401) {
      const button = el("button", { type: "button", className: "quiet", onclick: () => askForKey(() => location.reload()) }, "Enter your key");
      line.replaceChildren("This server wants a key. ", button);
    } else line.textContent = trouble.status === 404 ? "" : [trouble.title, trouble.detail].filter(Boolean).join(" ");
  }
}

document.querySelector(".skip").addEventListener("click", (event) => {
  event.preventDefault();
  byId("content").focus();
});
byId("ask-form").addEventListener("submit", (event) => {
  event.preventDefault();
  submit(byId("question").value);
});
byId("stop").addEventListener("click", stop);
byId("follow-drop").addEventListener("click", () => {
  follow(null);
  byId("question").focus();
});
byId("examples").addEventListener("click", (event) => {
  if (event.target.matches("button")) submit(event.target.textContent);
});
addEventListener("keydown", onKey);
addEventListener("hashchange", route);
prepareKey();
prepareHistory();
route();
tellWhatIsLoaded();
hideWhereThereIsNone();
