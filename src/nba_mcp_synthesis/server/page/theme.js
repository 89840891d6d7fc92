// What has to be known before the first paint, which no module can: light or dark, as chosen here before or as
// the system has it, and whether the address names another view than the start, which must not flash up.
(() => {
  const root = document.documentElement;
  if (/^#(answer|history|data)/.test(location.hash)) root.dataset.waiting = "";
  const system = matchMedia("(prefers-color-scheme: dark)");
  let choice = null; // of this visit, where the browser keeps nothing for pages
  const chosen = () => {
    try {
      return localStorage.getItem("theme") ?? choice;
    } catch {
      return choice;
    }
  };
  const isDark = () => (chosen() ? chosen() === "dark" : system.matches);
  const show = () => {
    root.dataset.theme = isDark() ? "dark" : "light";
    document.getElementById("theme-button")?.setAttribute("aria-pressed", String(isDark()));
  };
  show();
  system.addEventListener("change", show);
  addEventListener("DOMContentLoaded", () => {
    show();
    document.getElementById("theme-button").addEventListener("click", () => {
      choice = isDark() ? "light" : "dark";
      try {
        localStorage.setItem("theme", choice);
      } finally {
        show();
      }
    });
  });
})();
