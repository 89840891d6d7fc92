// Answers that were given before, newest first.

import { byId, el } from "./dom.js";
import { get } from "./http.js";
import { cost, moment, sure } from "./words.js";

const PAGE = 20;
let cursor = null;

export function prepareHistory() {
  byId("history-more").addEventListener("click", () => load(cursor));
}

export function openHistory() {
  byId("history-list").replaceChildren();
  return load(null);
}

async function load(from) {
  byId("history-note").textContent = "Loading…";
  byId("history-more").hidden = true;
  try {
    const page = await get(`v1/answers?limit=${PAGE}${from ? `&cursor=${encodeURIComponent(from)}` : ""}`);
    byId("history-list").append(...page.answers.map(line));
    cursor = page.next_cursor ?? null;
    byId("history-more").hidden = !cursor;
    byId("history-note").textContent = byId("history-list").children.length ? "" : "Nothing has been asked yet.";
  } catch (trouble) {
    byId("history-note").textContent = [trouble.title, trouble.detail].filter(Boolean).join(" ") || String(trouble);
    if (trouble.status === 404) byId("history-link").hidden = true;
  }
}

const STATES = { refused: "no answer", asked_back: "asked back" };

function line(answer) {
  const told = [
    moment(answer.asked_at),
    STATES[answer.status] ?? (answer.confidence === undefined ? null : sure(answer.confidence).word.toLowerCase()),
    answer.cost_usd === undefined ? null : cost(answer.cost_usd),
    answer.simulated ? "simulated" : null,
  ];
  return el(
    "li", {},
    el("a", { href: `#answer/${encodeURIComponent(answer.id)}` }, answer.question),
    answer.text ? el("p", {}, answer.text) : null,
    el("small", {}, told.filter(Boolean).join(" · ")),
  );
}

/** Takes the link away where the server keeps no list. */
export async function hideWhereThereIsNone() {
  try {
    await get("v1/answers?limit=1");
  } catch (trouble) {
    byId("history-link").hidden = trouble.status === 404 || trouble.status === 405;
  }
}
