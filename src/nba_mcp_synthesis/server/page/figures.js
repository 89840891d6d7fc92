// Claims and where they are shown: the words of the text on one side, a row of evidence on the other.

const NUMBER = /\d+(?:,\d{3})*(?:\.\d+)?/g;
const close = (a, b) => Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(a), Math.abs(b));

/** The text in pieces: plain strings, and {text, claim} where a figure is one of the claims. */
export function pieces(text, claims) {
  const made = [], used = new Set();
  let at = 0;
  for (const found of text.matchAll(NUMBER)) {
    const end = found.index + found[0].length;
    if (/^\. \p{Lu}/u.test(text.slice(end))) continue; // the place in a list
    const claim = claimOf(found[0], text.slice(0, found.index), claims, used);
    if (!claim) continue;
    used.add(claim);
    const unit = text.slice(end).match(/^ ?%/)?.[0] ?? "";
    made.push(text.slice(at, found.index), { text: found[0] + unit, claim });
    at = end + unit.length;
  }
  return [...made, text.slice(at)];
}

/** The claim that a written number states: as rounded as it is, of whoever was named last
 * before it; one that is not stated yet rather than one that is. */
function claimOf(written, before, claims, used) {
  const digits = written.split(".")[1]?.length ?? 0;
  const number = Number(written.replaceAll(",", ""));
  const fits = claims.filter(
    (claim) => Math.abs(Math.abs(Number(claim.value)) - number) <= 0.5 * 10 ** -digits + 1e-9,
  );
  const named = (claim) => (claim.entity ? before.lastIndexOf(claim.entity) : -1);
  return fits.sort((a, b) => named(b) - named(a) || used.has(a) - used.has(b))[0];
}

/** Whether the values of a column are shares, as the claims of this evidence or its name say. */
export function isShare(column, evidence, claims) {
  const said = claims.find((claim) => claim.evidence === evidence.id && claim.measure === column);
  const values = evidence.rows.map((row) => row[evidence.columns.indexOf(column)]);
  const fraction = values.every((value) => typeof value !== "number" || Math.abs(value) <= 1);
  if (said) return said.unit === "percent" && fraction;
  return evidence.written_by !== "voice" && column.endsWith("_pct") && fraction;
}

/** {row, column} of the cell of the evidence that holds a claim; null where none does. */
export function placeOf(claim, evidence) {
  let best = null;
  evidence.rows.forEach((row, at) => {
    const column = row.findIndex((value, index) => holds(value, claim, evidence.columns[index]));
    if (column < 0) return;
    const score = (claim.entity && row.includes(claim.entity) ? 2 : 0) + (evidence.columns[column] === claim.measure);
    if (!best || score > best.score) best = { row: at, column, score };
  });
  return best;
}

function holds(value, claim, column) {
  if (typeof value !== "number" || typeof claim.value !== "number") return value === claim.value;
  if (column === "rank" && claim.measure !== "rank") return false;
  return close(value, claim.value) || (claim.unit === "percent" && close(value * 100, claim.value));
}
