/** "Take along" asks for what the filters show now: the address knows it, even where only a part of the page was swapped. */
document.addEventListener("submit", (event) => {
  const form = event.target.closest("form[data-take]");
  if (!form) return;
  for (const old of form.querySelectorAll("[data-filter]")) old.remove();
  for (const [name, value] of new URLSearchParams(location.search)) {
    if (!value || name === "form" || name === "before") continue;
    const input = Object.assign(document.createElement("input"), { type: "hidden", name, value });
    input.dataset.filter = "";
    form.append(input);
  }
});
