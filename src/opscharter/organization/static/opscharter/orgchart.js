// The org chart grows and shrinks with its buttons and with + and - on the keyboard; the button prints it.
(() => {
  const chart = document.querySelector(".orgchart");
  const frame = document.querySelector(".orgchart-frame");
  if (!chart || !frame) return;
  let zoom = 1;
  const scale = (step) => {
    zoom = Math.min(1.6, Math.max(0.5, zoom + step * 0.1));
    chart.style.setProperty("--zoom", zoom.toFixed(2));
  };
  document.querySelectorAll("[data-zoom]").forEach((button) => {
    button.addEventListener("click", () => scale(Number(button.dataset.zoom)));
  });
  frame.addEventListener("keydown", (event) => {
    if (event.key === "+" || event.key === "=") scale(1);
    if (event.key === "-") scale(-1);
  });
  const print = document.querySelector("[data-print]");
  if (print) print.addEventListener("click", () => window.print());
  frame.scrollLeft = (frame.scrollWidth - frame.clientWidth) / 2;
})();
