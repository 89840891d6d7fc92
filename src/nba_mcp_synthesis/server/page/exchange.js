// One question at a time: sent, watched, stopped, answered, asked again.

import { clear, showAnswer, showSentence } from "./answer.js";
import { byId } from "./dom.js";
import { get } from "./http.js";
import { askForKey } from "./key.js";
import * as progress from "./progress.js";
import { ask } from "./stream.js";
import { showStopped, showTrouble } from "./trouble.js";
import { seconds } from "./words.js";

let running = null; // the AbortController of what is on its way
let before = null; // the question that a new one may follow up on

/** Asks; an answer gets the address #answer/ID, by which it is found again. */
export async function put(question, previous = before) {
  const controller = start(question);
  const started = performance.now();
  const again = () => put(question, previous);
  try {
    const answer = await ask(question, previous, controller.signal, (event, data) => {
      if (running !== controller) return;
      if (event === "stage") progress.reached(data.stage, data.text);
      if (event === "text") showSentence(data.text);
    });
    if (running !== controller) return;
    show(answer);
    // whoever looks at another view meanwhile stays there
    if (!byId("ask-view").hidden) history.pushState(null, "", `#answer/${encodeURIComponent(answer.id)}`);
    progress.end(answer.stages, `${answer.cached ? "Answered before, from the same data" : "Done"}, in ${seconds((performance.now() - started) / 1000)}`);
  } catch (trouble) {
    if (running === controller) failed(trouble, again);
  } finally {
    if (running === controller) stopWaiting();
  }
}

/** Shows an answer of before by its id. */
export async function recall(id) {
  const controller = start("…");
  progress.say("Fetching the answer…");
  try {
    const answer = await get(`v1/answers/${encodeURIComponent(id)}`, { signal: controller.signal });
    if (running !== controller) return;
    byId("asked").textContent = answer.question;
    show(answer);
    progress.end(answer.stages, "As it was answered then");
  } catch (trouble) {
    if (running === controller) failed(trouble, () => recall(id));
  } finally {
    if (running === controller) stopWaiting();
  }
}

/** Ends what is on its way: the request is closed, and the server drops its work. */
export function stop() {
  running?.abort();
}

/** Back to the empty page. */
export function reset() {
  stop();
  running = null;
  follow(null);
  byId("start").hidden = false;
  byId("exchange").hidden = true;
  document.body.classList.remove("asking");
  byId("stop").hidden = true;
  byId("send").hidden = false;
}

/** Sets the question that the next one follows; null for none. */
export function follow(question) {
  before = question;
  byId("follow").hidden = !question;
  byId("keys").hidden = Boolean(question);
}

function start(question) {
  stop();
  running = new AbortController();
  document.body.classList.add("asking");
  byId("start").hidden = true;
  byId("exchange").hidden = false;
  byId("asked").textContent = question;
  byId("stop").hidden = false;
  byId("send").hidden = true;
  clear();
  progress.begin();
  return running;
}

function stopWaiting() {
  running = null;
  const hadFocus = document.activeElement === byId("stop");
  byId("stop").hidden = true;
  byId("send").hidden = false;
  if (hadFocus) byId("question").focus();
}

function show(answer) {
  showAnswer(answer, put);
  follow(answer.status === "refused" ? null : answer.question);
  byId("question").value = "";
  byId("question").placeholder = "Follow up, or ask anew";
}

function failed(trouble, again) {
  if (trouble.name === "AbortError") {
    progress.halt("Stopped");
    showStopped(again);
    return;
  }
  progress.halt("No answer came");
  showTrouble(trouble.title ? trouble : { title: "The page could not show the answer.", detail: String(trouble) }, again);
  if (trouble.status === 401) askForKey(again);
}
