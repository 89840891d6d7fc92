// What is loaded: a card a season and season type, then the checks and what they found.

import { byId, el } from "./dom.js";
import { get } from "./http.js";
import { table } from "./table.js";
import { cell, count, date } from "./words.js";

export async function openData() {
  const body = byId("data-body");
  body.replaceChildren(el("p", { className: "faint" }, "Loading…"));
  try {
    body.replaceChildren(...parts(await get("v1/status")));
  } catch (trouble) {
    body.replaceChildren(el("p", { className: "text" }, trouble.title ?? String(trouble)), el("p", { className: "reason" }, trouble.detail ?? ""));
  }
}

/** One line about the data for the start. */
export function inOneLine(status) {
  const seasons = [...new Set(records(status.coverage).map((row) => `${row.season} ${String(row.season_type).toLowerCase()}`))];
  const shown = seasons.length > 3 ? [...seasons.slice(-2), `${seasons.length - 2} more`] : seasons;
  return `${shown.join(", ")} · data as of ${date(status.data_as_of)}`;
}

/** Compact rows, or a list of records, as records. */
export function records(given) {
  if (Array.isArray(given)) return given;
  return given.rows.map((row) => Object.fromEntries(given.columns.map((column, at) => [column, row[at]])));
}

function parts(status) {
  const coverage = records(status.coverage), checks = records(status.checks), findings = records(status.findings);
  const failed = checks.filter((check) => !check.passed).length;
  return [
    el("p", { className: "kicker" },
      status.simulated ? el("strong", { className: "simulated" }, "Simulated: invented demo league") : null,
      el("span", {}, `Data as of ${date(status.data_as_of)}`),
      el("span", {}, "Snapshot ", el("code", {}, status.snapshot))),
    coverage.length ? el("div", { className: "seasons" }, groups(coverage).map(season)) : el("p", {}, "No games are loaded."),
    el("h2", {}, "Checks"),
    el("p", {}, failed ? `${failed} of ${count(checks.length, "check")} do not hold.` : `All ${count(checks.length, "check")} hold.`),
    findings.length ? shown(findings.map(plain), "What the checks found") : null,
    status.more_findings ? el("p", { className: "faint" }, `${count(status.more_findings, "more finding")}: nba-mcp data check lists them.`) : null,
    checks.length ? shown(checks.map(plain), "All checks") : null,
  ].filter(Boolean);
}

function groups(rows) {
  const found = Map.groupBy(rows, (row) => `${row.season} ${row.season_type}`);
  return [...found.entries()].reverse();
}

function season([name, rows]) {
  const line = (row) => {
    const share = row.complete;
    const part = () => (share === 1 ? `all ${row.counted_in}` : `${cell(share, { isShare: true })} of ${row.counted_in}`);
    const told = share === null || share === undefined ? "nobody knows the whole" : part();
    return el(
      "li", { className: share !== null && share < 1 ? "partial" : "" },
      el("span", {}, row.table_name.replaceAll("_", " ")),
      el("b", {}, cell(row.rows)),
      el("meter", { min: 0, max: 1, value: share ?? 0, "aria-label": `${row.table_name}: ${told}` }),
      el("small", {}, told),
    );
  };
  return el("section", { className: "season" }, el("h2", {}, name), el("ul", {}, rows.map(line)));
}

/** A check or a finding in words. */
function plain({ check_name, passed, ...rest }) {
  const result = passed === undefined ? {} : { result: passed ? "holds" : "does not hold" };
  return { check: check_name.replaceAll("_", " "), ...rest, ...result };
}

function shown(rows, caption) {
  const columns = Object.keys(rows[0]);
  return table({ columns, rows: rows.map((row) => columns.map((column) => row[column])), caption });
}
