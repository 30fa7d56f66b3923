/**
 * Choosing rows of a list: `<form data-select>` with checkboxes `[data-row]`, one `[data-all]` and a bar `[data-acts]`.
 *
 * Without scripts the bar is always there and the boxes work; here it appears with the first box and counts.
 */
import { onContent } from "./page.js";

function refresh(form) {
  const rows = [...form.querySelectorAll("input[data-row]")];
  const chosen = rows.filter((row) => row.checked).length;
  const all = form.querySelector("input[data-all]");
  if (all) {
    all.checked = chosen > 0 && chosen === rows.length;
    all.indeterminate = chosen > 0 && chosen < rows.length;
  }
  const bar = form.querySelector("[data-acts]");
  if (bar) bar.hidden = chosen === 0;
  const count = form.querySelector("[data-chosen]");
  if (count) count.textContent = String(chosen);
}

document.addEventListener("change", (event) => {
  const form = event.target.closest?.("form[data-select]");
  if (!form) return;
  if (event.target.matches("[data-all]")) {
    for (const row of form.querySelectorAll("input[data-row]")) row.checked = event.target.checked;
  }
  refresh(form);
});

document.addEventListener("click", (event) => {
  const clear = event.target.closest?.("[data-choose-none]");
  if (!clear) return;
  const form = clear.closest("form[data-select]");
  for (const row of form.querySelectorAll("input[data-row]")) row.checked = false;
  refresh(form);
});

onContent((root) => {
  const forms = new Set([...root.querySelectorAll("form[data-select]"), root.closest?.("form[data-select]")].filter(Boolean));
  forms.forEach(refresh);
});
