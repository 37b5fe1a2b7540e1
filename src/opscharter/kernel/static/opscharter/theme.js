/* Light or dark, before anything is drawn: as the system is, unless a person chose. */
"use strict";

function applyTheme() {
  const chosen = localStorage.getItem("theme");
  const dark = chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  document.documentElement.dataset.bsTheme = dark ? "dark" : "light";
  document.querySelectorAll("[data-theme]").forEach((button) => {
    button.setAttribute("aria-pressed", String(button.dataset.theme === (chosen || "system")));
  });
  document.dispatchEvent(new Event("theme"));
}
applyTheme();
document.addEventListener("DOMContentLoaded", applyTheme);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", applyTheme);
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-theme]");
  if (!button) return;
  if (button.dataset.theme === "system") localStorage.removeItem("theme");
  else localStorage.setItem("theme", button.dataset.theme);
  applyTheme();
});
