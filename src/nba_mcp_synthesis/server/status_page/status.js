// The overview of the server, looked at anew every fifteen seconds while somebody looks.

import { byId, el } from "./dom.js";
import { get } from "./http.js";
import { askForKey, prepareKey } from "./key.js";
import { date } from "./words.js";

const EVERY = 15_000;
const number = new Intl.NumberFormat("en-US", { maximumFractionDigits: 2 });
const share = new Intl.NumberFormat("en-US", { style: "percent", maximumFractionDigits: 2 });

async function look() {
  try {
    show(await get("status"));
  } catch (trouble) {
    byId("verdict").textContent = trouble.title ?? String(trouble);
    byId("told").textContent = trouble.code === "unreachable" ? "What is below was true when it last answered." : (trouble.detail ?? "");
    if (trouble.status === 401) askForKey(look);
  }
}

function show(found) {
  byId("verdict").textContent = verdict(found);
  byId("told").textContent = `Version ${found.version}, revision ${found.revision}, ${found.context}. Running for ${span(found.uptime_seconds)}.`;
  byId("overview").replaceChildren(
    card("What it depends on", Object.entries(found.dependencies).map(dependency)),
    card("Data", data(found.data)),
    card("Objectives, since the start", found.objectives.map(objective)),
    card("Answers", answers(found.answers)),
    card("Time, since the start", found.latency.map(latency), "Of every hundred, 50, 95 and 99 were as fast as this or faster."),
    card("Places for calls", [...found.places.map(lane), line("people in five minutes", found.active_users), line("requests now", found.active_connections)]),
  );
}

function verdict({ status, objectives }) {
  if (status !== "ok") return "Something needs a look.";
  return objectives.some((one) => one.holds === false) ? "Everything works, and not every objective holds." : "Everything works.";
}

const card = (title, lines, more) => el("section", { className: "card" }, el("h2", {}, title), el("ul", {}, lines), more ? el("p", { className: "faint" }, more) : null);

/** A line; `holds` is true, false, or null where there is nothing to judge. */
function line(name, value, { holds = null, more = "" } = {}) {
  const mark = holds === null ? null : el("i", { className: `state ${holds ? "ok" : "bad"}` });
  return el("li", { className: holds === false ? "wrong" : "" }, el("span", {}, mark, name), el("b", {}, value ?? "none yet"), more ? el("small", {}, more) : null);
}

function dependency([name, found]) {
  const holds = found.status === "ok";
  return line(name, found.status, { holds, more: holds ? "" : (found.message ?? Object.entries(found.invalid ?? {}).map(([secret, state]) => `${secret}: ${state}`).join(", ")) });
}

function data(found) {
  if (!found) return [line("warehouse", "cannot be read", { holds: false })];
  return [
    line("newest game", found.data_as_of ? date(found.data_as_of) : null),
    line("last load", found.age_seconds === null ? null : `${span(found.age_seconds)} ago`),
    line("snapshot", el("code", {}, found.snapshot)),
    found.simulated ? el("li", {}, el("strong", { className: "simulated" }, "Simulated: invented demo league")) : null,
  ].filter(Boolean);
}

function objective(found) {
  const value = found.value === null ? null : found.unit === "share" ? share.format(found.value) : span(found.value);
  const wanted = found.unit === "share" ? share.format(found.objective) : span(found.objective);
  return line(found.about, value ?? "nothing to judge", { holds: found.holds, more: `Wanted: ${found.unit === "share" ? "at least" : "at most"} ${wanted}` });
}

function answers(found) {
  const today = found.today === null ? [line("today (UTC)", "cannot be read", { holds: false })] : found.today.map((row) => line(`${words(row.status)} today (UTC)`, number.format(row.count)));
  return [...today, ...found.since_start.map((row) => line(`${words(row.status)} by ${row.by}, since the start`, number.format(row.count)))];
}

const latency = (found) => line(found.about, found.count ? [found.p50, found.p95, found.p99].map(brief).join(" · ") : null, { more: `${number.format(found.count)} counted` });
const lane = (found) => line(`${found.lane}: taken`, `${found.taken} of ${found.places}`, { holds: found.taken < found.places || found.waiting === 0, more: found.waiting ? `${found.waiting} wait` : "" });
const words = (text) => text.replaceAll("_", " ");
const brief = (seconds) => (seconds < 1 ? `${number.format(seconds * 1000)} ms` : `${number.format(seconds)} s`);

/** Seconds in the largest unit that they have two of. */
function span(seconds) {
  for (const [size, unit] of [[86_400, "days"], [3_600, "hours"], [60, "minutes"]]) if (seconds >= 2 * size) return `${Math.floor(seconds / size)} ${unit}`;
  return `${number.format(Math.floor(seconds))} seconds`;
}

prepareKey();
look();
setInterval(() => document.hidden || look(), EVERY);
