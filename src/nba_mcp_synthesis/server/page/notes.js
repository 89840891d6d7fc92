// The margin of an answer: how sure it is, how it was read, who said what, what it cost, from which data.

import { el, listed } from "./dom.js";
import { cost, count, date, seconds, sure } from "./words.js";

export function margin(answer) {
  return el(
    "aside", { className: "margin", "aria-label": "About this answer" },
    confidence(answer),
    listed("Dissent", answer.dissent, "note weighty"),
    listed("Read as", [...(answer.conditions ?? []), ...answer.assumptions]),
    listed("Definitions", answer.definitions),
    steps(answer),
    voices(answer),
    provenance(answer),
  );
}

function confidence(answer) {
  if (answer.status !== "answered") return null;
  const { word, bars } = sure(answer.confidence);
  const bar = (at) => el("i", { className: at < bars ? "on" : "" });
  return el(
    "section", { className: "note" },
    el("h3", {}, "How sure"),
    el("p", { className: "sure" }, el("span", { className: "bars", "aria-hidden": "true" }, [0, 1, 2, 3, 4].map(bar)), word),
    el("p", {}, answer.confidence_means),
  );
}

function steps(answer) {
  if (!answer.explained?.length) return null;
  return el(
    "details", { className: "note" },
    el("summary", {}, "How the question was read"),
    el("ul", {}, answer.explained.map((text) => el("li", {}, text))),
  );
}

function voices(answer) {
  if (!answer.voices.length) return null;
  const spent = (voice) => {
    const tokens = voice.tokens ? [count(voice.tokens, "token")] : [];
    return [cost(voice.cost_usd), ...tokens, seconds(voice.seconds)].join(" · ");
  };
  const line = (voice) => el(
    "li", {},
    el("strong", {}, voice.name), " ", el("span", {}, voice.outcome.replaceAll("_", " ")),
    el("small", {}, spent(voice)),
  );
  return el("section", { className: "note voices" }, el("h3", {}, "Voices"), el("ul", {}, answer.voices.map(line)));
}

function provenance(answer) {
  const took = Object.values(answer.stages ?? {}).reduce((sum, one) => sum + one, 0);
  const facts = {
    "Data as of": date(answer.data_as_of),
    Snapshot: answer.snapshot,
    Cost: [cost(answer.cost_usd), answer.tokens ? count(answer.tokens, "token") : ""].filter(Boolean).join(" · "),
    Time: answer.cached ? "given before, from the same data" : seconds(took),
  };
  return el(
    "section", { className: "note" },
    el("h3", {}, "Provenance"),
    el("dl", {}, Object.entries(facts).map(([name, value]) => [el("dt", {}, name), el("dd", {}, value)])),
    el("p", {}, el("a", { href: `#answer/${encodeURIComponent(answer.id)}` }, `Link to this answer`)),
  );
}
