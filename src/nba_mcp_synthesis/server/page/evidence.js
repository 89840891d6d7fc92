// The evidence of an answer: each query with its rows, and the way from a claim to its row.

import { el, opener } from "./dom.js";
import { isShare, placeOf } from "./figures.js";
import { table } from "./table.js";
import { count } from "./words.js";

const ENGINES = { duckdb: "DuckDB", postgres: "PostgreSQL" };

/** Cards for all evidence of the answer, the one whose rows are the answer's table first. */
export function cards(answer) {
  const same = (evidence) => JSON.stringify([evidence.columns, evidence.rows]) === shown;
  const shown = JSON.stringify([answer.table.columns, answer.table.rows]);
  const first = answer.evidence.find(same);
  const ordered = first ? [first, ...answer.evidence.filter((one) => one !== first)] : answer.evidence;
  const own = !first && answer.table.rows.length ? [result(answer)] : [];
  return [...own, ...ordered.map((evidence) => card(evidence, answer, evidence === first ? "Result" : "Evidence"))];
}

function result(answer) {
  const { columns, rows } = answer.table;
  const as = { id: "", columns, rows, written_by: "product" };
  const share = (column) => isShare(column, as, answer.values.map((claim) => ({ ...claim, evidence: "" })));
  return el("section", { className: "evidence" }, el("h3", {}, "Result"), table({ columns, rows, caption: "The result", share }));
}

function card(evidence, answer, title) {
  const { id, columns, rows } = evidence;
  const code = sql(evidence);
  const writer = evidence.written_by === "voice" ? "SQL written by a model" : "SQL written by the product";
  return el(
    "section", { className: "evidence", id: `evidence-${id}`, tabIndex: -1 },
    el("header", {},
      el("h3", {}, title, " ", el("code", {}, id)),
      el("p", { className: "faint" }, `${count(rows.length, "row")} · ${ENGINES[evidence.engine] ?? evidence.engine} · ${writer}`),
      opener("SQL", code)),
    code,
    rows.length
      ? table({ columns, rows, caption: `Rows of evidence ${id}`, share: (column) => isShare(column, evidence, answer.values) })
      : el("p", { className: "faint" }, "The query returned no rows."),
  );
}

function sql(evidence) {
  const said = el("span", { className: "faint", role: "status" });
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(evidence.sql);
      said.textContent = "Copied";
    } catch {
      said.textContent = "The browser did not allow copying";
    }
  };
  return el(
    "div", { className: "sql" },
    el("p", { className: "row" }, el("button", { type: "button", className: "quiet", onclick: copy }, "Copy SQL"), said),
    el("pre", {}, el("code", {}, evidence.sql)),
  );
}

/** A button of a figure, which shows where its evidence is. */
export function figureButton(text, claim, answer) {
  const of = [claim.entity, claim.measure].filter(Boolean).join(", ");
  return el(
    "button",
    { type: "button", className: "figure", title: `${of}: row in evidence ${claim.evidence}`, onclick: () => show(claim, answer) },
    text,
  );
}

function show(claim, answer) {
  for (const marked of document.querySelectorAll(".marked")) marked.classList.remove("marked");
  const evidence = answer.evidence.find((one) => one.id === claim.evidence);
  const section = document.getElementById(`evidence-${claim.evidence}`);
  if (!evidence || !section) return;
  const place = placeOf(claim, evidence);
  const row = place && section.querySelector(`tr[data-row="${place.row}"]`);
  const target = row ?? section;
  target.classList.add("marked");
  row?.children[place.column].classList.add("marked");
  target.tabIndex = -1;
  target.focus({ preventScroll: true });
  target.scrollIntoView({ block: "nearest" });
}
