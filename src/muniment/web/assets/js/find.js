/** The search box: `/` goes there, the arrows go from it through what was found. Works as a plain form without this. */
const box = () => document.querySelector("#find");
const isWriting = (element) => element?.matches("input, textarea, select, [contenteditable]");

document.addEventListener("keydown", (event) => {
  if (event.key === "/" && !event.ctrlKey && !event.metaKey && !event.altKey && !isWriting(event.target)) {
    if (!box()) return;
    event.preventDefault();
    box().focus();
    box().select();
    return;
  }
  if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
  const links = [...document.querySelectorAll("[data-found] a")];
  const place = links.indexOf(event.target);
  if (!links.length || (place < 0 && event.target !== box())) return;
  event.preventDefault();
  const next = place + (event.key === "ArrowDown" ? 1 : -1);
  (next < 0 ? box() : (links[next] ?? links[place]))?.focus();
});
