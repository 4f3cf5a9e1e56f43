"use strict";
(() => {
  const form = document.querySelector("form");
  if (!form) return;
  const { query, target } = form.elements;
  const findings = [...document.querySelectorAll(".findings [data-state]")];
  const rows = [...document.querySelectorAll("main tbody tr")].filter((row) => !row.closest(".targets"));
  const none = document.querySelector(".none");
  const texts = new Map();

  const textOf = (row) => {
    if (!texts.has(row)) texts.set(row, row.textContent.toLowerCase());
    return texts.get(row);
  };

  // A finding names its targets. A requirement has a cell for each, whose class is the state.
  const statesOf = (row, on) => {
    const { state, on: targets } = row.dataset;
    if (state) return on && targets && !targets.split(" ").includes(on) ? [] : [state];
    const cells = on ? [row.cells[Number(on) + 1]] : [...row.cells];
    return cells.map((cell) => cell.className);
  };

  const filter = () => {
    const words = query.value.toLowerCase().split(/\s+/).filter(Boolean);
    const chips = [...form.querySelectorAll("[name=state]")];
    const off = new Set(chips.filter((chip) => !chip.checked).map((chip) => chip.value));
    const on = target ? target.value : "";
    for (const row of rows) {
      const fits = statesOf(row, on).some((state) => state && !off.has(state));
      row.hidden = !(fits && words.every((word) => textOf(row).includes(word)));
    }
    const shown = findings.filter((row) => !row.hidden).length;
    form.querySelector("output").textContent = `${shown} of ${findings.length} findings`;
    if (none) none.hidden = shown > 0;
  };

  let waiting = 0;
  form.addEventListener("input", () => {
    cancelAnimationFrame(waiting);
    waiting = requestAnimationFrame(filter);
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  // A link may lead to a row that the filter hides.
  window.addEventListener("hashchange", () => {
    const row = document.getElementById(location.hash.slice(1));
    if (!row || !row.hidden) return;
    form.reset();
    filter();
    row.scrollIntoView();
  });
  form.hidden = false;
  filter();
})();
