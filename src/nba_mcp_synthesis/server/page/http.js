// Requests to this server alone, with the key of this tab, and its errors as one kind.

const KEY = "key";
// A browser that keeps nothing for pages keeps the key until the page is left.
let held = null;
const kept = (use) => {
  try {
    return use(sessionStorage);
  } catch (error) {
    if (error.name === "SecurityError") return held;
    throw error;
  }
};

/** What a server, or the way to it, said instead of an answer. */
export class Trouble extends Error {
  constructor({ title, detail, status = 0, code = "", retryAfter = null }) {
    super(title);
    Object.assign(this, { title, detail, status, code, retryAfter });
  }
}

export const keyOf = () => kept((storage) => storage.getItem(KEY));
export function keep(key) {
  held = key || null;
  kept((storage) => (key ? storage.setItem(KEY, key) : storage.removeItem(KEY)));
}

/** A response of this server; Trouble where it is an error or none comes. */
export async function request(path, options = {}) {
  const headers = { Accept: "application/json", ...options.headers };
  if (keyOf()) headers.Authorization = `Bearer ${keyOf()}`;
  let response;
  try {
    response = await fetch(path, { ...options, headers });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw unreachable();
  }
  if (!response.ok) throw await troubleOf(response);
  return response;
}

export const get = async (path, options) => (await request(path, options)).json();

/** The network gone, or the server. */
export function unreachable(title = "The server cannot be reached.") {
  return new Trouble({
    title,
    detail: "Is the network there, and does the server still run? What you asked is kept in the field above.",
    code: "unreachable",
  });
}

async function troubleOf(response) {
  const told = await response.json().catch(() => ({}));
  const after = Number(response.headers.get("Retry-After"));
  return problem({ status: response.status, ...told }, after > 0 ? after : null);
}

/** Trouble from an object of problem+json (RFC 9457). */
export function problem(told, retryAfter = null) {
  const title = typeof told.title === "string" ? told.title : `The server answered ${told.status}.`;
  const said = typeof told.detail === "string" ? told.detail : "";
  const detail = said.startsWith(title) ? said.slice(title.length).trim() : said;
  const after = retryAfter ?? (told.retry_after > 0 ? told.retry_after : null);
  return new Trouble({ title, detail, status: told.status, code: told.code, retryAfter: after });
}
