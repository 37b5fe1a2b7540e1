/* The hotline desk: the time talked runs, and everything has a key. */
"use strict";

const opened = Date.now();
function tickTalk() {
  document.querySelectorAll("[data-talked]").forEach((mark) => {
    const since = "running" in mark.dataset ? (Date.now() - opened) / 1000 : 0;
    const total = Math.floor(Number(mark.dataset.talked) + since);
    const parts = [Math.floor(total / 60) % 60, total % 60].map((part) => String(part).padStart(2, "0"));
    mark.textContent = (total >= 3600 ? [Math.floor(total / 3600), ...parts] : parts).join(":");
  });
}
tickTalk();
setInterval(tickTalk, 1000);

/* Ctrl-Enter records or closes; Alt and a letter takes the step that shows it; Alt and a digit goes to that call.
   Enter in a line goes to the next field: a call is not sent off by accident. */
document.addEventListener("keydown", (event) => {
  if (event.isComposing) return;
  if ((event.ctrlKey || event.metaKey) && event.key === "Enter") {
    event.preventDefault();
    document.querySelector("[data-main]")?.click();
  } else if (event.altKey && !event.ctrlKey && !event.metaKey) {
    const digit = /^Digit([1-9])$/.exec(event.code);
    const goal = document.querySelector(digit ? `[data-nth="${digit[1]}"]` : `[data-key="${event.code}"]`);
    if (!goal) return;
    event.preventDefault();
    goal.click();
  } else if (event.key === "Enter" && event.target.matches("#work input:not([type=radio], [role=combobox])") && !event.target.closest(".ts-wrapper")) {
    event.preventDefault();
    const fields = [...event.target.form.elements].filter((field) => field.offsetParent && field.matches("input, textarea, select, button"));
    fields[fields.indexOf(event.target) + 1]?.focus();
  }
});
