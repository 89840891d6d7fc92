// An answer on the page: its state, its text with figures, cautions and choices, then evidence and margin.

import { byId, el, listed } from "./dom.js";
import { cards, figureButton } from "./evidence.js";
import { pieces } from "./figures.js";
import { margin } from "./notes.js";
import { figure } from "./words.js";

const STATES = { answered: "Answered", refused: "No answer", asked_back: "Which one?" };
const CALM = {
  refused: "No number is given rather than a guessed one.",
  asked_back: "The question fits several. Choose one, and it is asked again.",
};

/** Shows an answer; `again(question, previous)` asks what is chosen. */
export function showAnswer(answer, again) {
  const body = byId("answer");
  body.className = answer.status;
  body.setAttribute("aria-busy", "false");
  body.replaceChildren(...[kicker(answer), text(answer), cautions(answer), choices(answer, again), rest(answer)].filter(Boolean));
  const isAnswered = answer.status === "answered";
  const main = isAnswered ? el("div", { className: "evidences" }, cards(answer)) : null;
  byId("detail").replaceChildren(...[main, margin(answer)].filter(Boolean));
}

/** Sentences that came before the whole answer. */
export function showSentence(sentence) {
  const body = byId("answer");
  const said = body.querySelector(".text");
  if (said) said.append(" ", sentence);
  else body.replaceChildren(kicker({ status: "" }), el("p", { className: "text" }, sentence));
}

export function clear() {
  const body = byId("answer");
  body.className = "waiting";
  body.setAttribute("aria-busy", "true");
  body.replaceChildren();
  byId("detail").replaceChildren();
}

function kicker(answer) {
  return el(
    "p", { className: "kicker" },
    el("span", {}, STATES[answer.status] ?? "Writing"),
    answer.simulated ? el("strong", { className: "simulated" }, "Simulated: invented demo league") : null,
    answer.cautions?.length ? el("strong", { className: "careful" }, "With caution") : null,
  );
}

function text(answer) {
  const [lead, more] = parted(asked(answer));
  const part = (className, said) => {
    const shown = answer.status === "answered" ? pieces(said, answer.values) : [said];
    const linked = (piece) => (typeof piece === "string" ? piece : figureButton(piece.text, piece.claim, answer));
    return el("p", { className }, shown.map(linked));
  };
  return el("div", {}, part("text", lead), more ? part("text more", more) : null);
}

/** What is asked back, without the choices, which are buttons below. */
function asked(answer) {
  const isListed = answer.choices.length && answer.choices.every((choice) => answer.text.includes(choice));
  return isListed && answer.text.includes(": ") ? `${answer.text.split(": ")[0]}?` : answer.text;
}

/** A long text in its first sentence, which is set larger, and the others. */
function parted(text) {
  const end = text.length > 160 ? text.search(/(?<=.{30}[.!?]) (?=\p{Lu}|1\. )/u) : -1;
  return end < 0 ? [text, ""] : [text.slice(0, end), text.slice(end + 1)];
}

function cautions(answer) {
  return listed("Take care", answer.cautions, "note weighty");
}

function choices(answer, again) {
  const calm = CALM[answer.status];
  if (!calm) return null;
  const plain = answer.choices.map((choice) => choice.replace(/ \([^()]*\)$/, ""));
  const isClear = new Set(plain).size === plain.length;
  const button = (label, ...asking) =>
    el("button", { type: "button", className: "choice", onclick: () => again(...asking) }, label);
  const offered = answer.choices.map((choice, at) => button(choice, isClear ? plain[at] : choice, answer.question));
  const instead = answer.status === "refused" && answer.text.match(/can answer: "([^"]+)"/)?.[1];
  if (instead) offered.push(button(`Ask instead: ${instead}`, instead, null));
  return el(
    "div", { className: "calm" },
    offered.length ? el("p", { className: "choices" }, offered) : null,
    el("p", { className: "faint" }, calm),
  );
}

/** Figures that the text does not have word for word. */
function rest(answer) {
  if (answer.status !== "answered") return null;
  const shown = new Set(pieces(answer.text, answer.values).map((piece) => piece.claim));
  const others = answer.values.filter((claim) => !shown.has(claim));
  if (!others.length) return null;
  const line = (claim) => el("li", {}, claim.entity ? `${claim.entity} ` : "", figureButton(figure(claim), claim, answer));
  return el("div", { className: "others" }, el("h3", {}, "Also found"), el("ul", {}, others.map(line)));
}
