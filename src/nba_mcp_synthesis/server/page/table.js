// Tables that sort by a click on a heading and scroll inside their own box.

import { el } from "./dom.js";
import { cell, decimals, heading } from "./words.js";

const MOST_ROWS = 1000;
const LONG = 32; // characters, beyond which a text may wrap

/** A table; `share(column)` says which columns hold fractions that are shown as percentages. */
export function table({ columns, rows, caption, share = () => false, name = heading }) {
  const long = columns.map((_, at) => rows.some((r) => String(r[at]).length > LONG));
  const kind = (at) => [numeric[at] && "number", columns[at] === "rank" && "rank", long[at] && "long"].filter(Boolean).join(" ");
  const numeric = columns.map((_, at) => rows.some((r) => typeof r[at] === "number"));
  const forms = columns.map((column, at) => ({
    column, isShare: share(column), digits: decimals(rows.map((values) => values[at])),
  }));
  const lines = rows.slice(0, MOST_ROWS).map((values, row) =>
    el("tr", { "data-row": row }, values.map((value, at) =>
      el("td", { className: kind(at), title: exact(value) }, cell(value, forms[at])))));
  const body = el("tbody", {}, lines);
  const heads = columns.map((column, at) => sorter(column, name(column), at, kind(at), { body, lines, rows }));
  const shown = el("table", {}, el("caption", {}, caption), el("thead", {}, el("tr", {}, heads)), body);
  const box = el("div", { className: "scroll" }, shown);
  if (rows.length <= MOST_ROWS) return box;
  return el("div", {}, box, el("p", { className: "faint" }, `The first ${MOST_ROWS} of ${rows.length} rows are shown.`));
}

const exact = (value) => (typeof value === "number" && !Number.isInteger(value) ? String(value) : null);

function sorter(column, label, at, kind, { body, lines, rows }) {
  const button = el("button", { type: "button", title: `Sort by ${column}` }, label);
  const head = el("th", { scope: "col", className: kind }, button);
  button.addEventListener("click", () => {
    const now = head.getAttribute("aria-sort");
    const order = now ? (now === "ascending" ? -1 : 1) : kind === "number" ? -1 : 1;
    for (const other of head.parentElement.children) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", order > 0 ? "ascending" : "descending");
    const value = (line) => rows[line.dataset.row][at];
    body.append(...lines.toSorted((a, b) => compare(value(a), value(b), order)));
  });
  return head;
}

/** Nothing comes last, whichever way. */
function compare(a, b, order) {
  if (a === null || b === null) return (a === null) - (b === null);
  const less = typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b));
  return order * less;
}
