// Figures, dates and names as people read them.

const whole = new Intl.NumberFormat("en-US");
const PLACES = [0, 1, 2, 3].map(
  (digits) => new Intl.NumberFormat("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits }),
);
const KNOWN = new Set(
  "pts reb oreb dreb ast stl blk tov pf fg fga fgm fg3 fg3a fg3m ft fta ftm ts efg usg gp pie per id".split(" "),
);
// Numbers that name something, and are not counted.
const isName = (column) => /(_id|^season|^year|^rank|^game_number)$/.test(column);

/** How many decimals the figures of one column want, so that they stand below each other. */
export function decimals(values) {
  const figures = values.filter((value) => typeof value === "number");
  if (figures.every(Number.isInteger)) return 0;
  const largest = Math.max(...figures.map(Math.abs));
  return largest >= 10 ? 1 : largest >= 1 ? 2 : 3;
}

/** A value of a table; shares (0.4) become percentages where `isShare`. */
export function cell(value, { column = "", isShare = false, digits = decimals([value]) } = {}) {
  if (value === null || value === undefined) return "–";
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (typeof value !== "number") return typeof value === "object" ? JSON.stringify(value) : String(value);
  if (isShare) return `${PLACES[1].format(value * 100)} %`;
  return isName(column) ? String(value) : PLACES[digits].format(value);
}

/** A figure of an answer with its unit: percentages come as 0-100 here. */
export function figure(claim) {
  if (typeof claim.value !== "number") return String(claim.value);
  if (claim.unit === "percent") return `${PLACES[1].format(claim.value)} %`;
  return `${cell(claim.value)} ${claim.unit ?? ""}`.trim();
}

/** "ts_pct" as "TS %", "pts_per_game" as "PTS per game". */
export function heading(column) {
  if (column === "rank") return "#";
  const words = column.split("_").map((word) => (KNOWN.has(word) ? word.toUpperCase() : word));
  const text = words.join(" ").replace(/ ?pct$/, " %").trim();
  return text[0] === text[0].toUpperCase() ? text : text[0].toUpperCase() + text.slice(1);
}

export function date(iso) {
  if (!iso) return "unknown";
  const parsed = new Date(/^\d{4}-\d{2}-\d{2}$/.test(iso) ? `${iso}T12:00:00` : iso);
  if (Number.isNaN(parsed.getTime())) return String(iso);
  return parsed.toLocaleDateString("en-GB", { day: "numeric", month: "long", year: "numeric" });
}

export function moment(iso) {
  const parsed = new Date(/[zZ]|[+-]\d\d:?\d\d$/.test(iso ?? "") ? iso : `${iso}Z`);
  if (Number.isNaN(parsed.getTime())) return String(iso ?? "");
  return parsed.toLocaleString("en-GB", { dateStyle: "medium", timeStyle: "short" });
}

export const count = (number, one, many = `${one}s`) => `${whole.format(number)} ${number === 1 ? one : many}`;
export const cost = (usd) => (usd ? `$${usd < 0.01 ? usd.toFixed(4) : usd.toFixed(2)}` : "free");
export const seconds = (value) => value < 0.005 ? "< 0.01 s" : `${value < 10 ? value.toFixed(2) : value.toFixed(1)} s`;

// The rank of an answer in a word; it is no probability, and no number is shown for it.
const SURE = [[0.95, "Very sure", 5], [0.8, "Sure", 4], [0.65, "Fairly sure", 3], [0.4, "Not very sure", 2], [0.01, "Doubtful", 1]];

/** (the word, how many of five bars) for a confidence between 0 and 1. */
export function sure(confidence) {
  const [, word, bars] = SURE.find(([least]) => confidence >= least) ?? [0, "No answer", 0];
  return { word, bars };
}
