// The stages of an answer: a row of fixed height that fills while one waits, and keeps their seconds.

import { byId, el } from "./dom.js";
import { seconds } from "./words.js";

const NAMES = {
  analyst: "Analyst",
  voices: "Models",
  verification: "Checking",
  writing: "Writing",
  merging: "Merging",
};

const steps = () => [...byId("stages").children];

export function begin() {
  byId("stages").replaceChildren(
    ...Object.entries(NAMES).map(([stage, name]) =>
      el("li", { "data-stage": stage }, el("span", {}, name), el("small", {}, "\u00a0"))),
  );
  say("Sending the question…");
}

/** A stage begins, or has news; what comes after it in the row is still to do, even if it was reached before. */
export function reached(stage, text) {
  const at = steps().findIndex((step) => step.dataset.stage === stage);
  steps().forEach((step, index) => {
    if (index === at) step.dataset.state = "now";
    else if (index > at) delete step.dataset.state;
    else if (step.dataset.state === "now") step.dataset.state = "done";
  });
  say(text);
}

/** The answer is there; `stages` are its seconds by stage. */
export function end(stages, text) {
  for (const step of steps()) {
    const took = stages?.[step.dataset.stage];
    step.dataset.state = took === undefined ? "unused" : "done";
    step.lastChild.textContent = took === undefined ? "–" : seconds(took);
  }
  say(text);
}

/** It ended without an answer. */
export function halt(text) {
  for (const step of steps()) if (step.dataset.state === "now") step.dataset.state = "halted";
  say(text);
}

export function say(text) {
  byId("stage-text").textContent = text;
}
