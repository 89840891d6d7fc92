// What went wrong, said calmly, with the way on: try again now, or when the server is ready for it.

import { byId, el } from "./dom.js";

let ticking = 0;

/** Shows trouble in the place of the answer; `again` asks the same once more. */
export function showTrouble(trouble, again) {
  const body = byId("answer");
  body.className = "failed";
  body.setAttribute("aria-busy", "false");
  const button = el("button", { type: "button", onclick: again }, "Try again");
  const wait = el("span", { className: "faint" });
  body.replaceChildren(
    el("p", { className: "kicker" }, el("span", {}, trouble.status === 429 || trouble.status === 503 ? "Not just now" : "No answer")),
    el("p", { className: "text" }, trouble.title),
    el("p", { className: "reason" }, trouble.detail ?? ""),
    el("p", { className: "row" }, button, wait),
  );
  countDown(trouble.retryAfter, button, wait);
}

/** The button waits until the server will take the question. */
function countDown(retryAfter, button, wait) {
  clearInterval(ticking);
  if (!retryAfter) return;
  const until = Date.now() + retryAfter * 1000;
  const tick = () => {
    const left = Math.ceil((until - Date.now()) / 1000);
    button.disabled = left > 0;
    wait.textContent = left > 0 ? `in ${left} s` : "";
    if (left <= 0) clearInterval(ticking);
  };
  ticking = setInterval(tick, 250);
  tick();
}

/** The asker stopped it. */
export function showStopped(again) {
  const body = byId("answer");
  body.className = "failed";
  body.setAttribute("aria-busy", "false");
  body.replaceChildren(
    el("p", { className: "kicker" }, el("span", {}, "Stopped")),
    el("p", { className: "text" }, "You stopped this question."),
    el("p", { className: "reason" }, "Nothing more is asked or paid for."),
    el("p", { className: "row" }, el("button", { type: "button", onclick: again }, "Ask it again")),
  );
}
