/**
 * Dragging tasks over the board of a project: `[data-board]` with `[data-stage]`, lists `[data-cards]`, cards `[data-card]`.
 *
 * Each card brings the form that its menu uses too: dropping it fills that in and sends it, as a button would.
 */
let dragged = null;
let origin = null; // where it goes back to where it is dropped nowhere

/** The card before which a dropped one goes; null at the end. */
function cardBelow(list, y) {
  const others = [...list.querySelectorAll("[data-card]")].filter((card) => card !== dragged);
  return others.find((card) => {
    const box = card.getBoundingClientRect();
    return y < box.top + box.height / 2;
  }) ?? null;
}

document.addEventListener("dragstart", (event) => {
  dragged = event.target.closest?.("[data-card]") ?? null;
  if (!dragged) return;
  origin = { list: dragged.parentElement, next: dragged.nextElementSibling };
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", "");
  dragged.classList.add("opacity-55");
});

document.addEventListener("dragend", () => {
  dragged?.classList.remove("opacity-55");
  if (dragged && origin) origin.list.insertBefore(dragged, origin.next);
  dragged = origin = null;
});

document.addEventListener("dragover", (event) => {
  const stage = dragged && event.target.closest?.("[data-stage]");
  if (!stage) return;
  event.preventDefault();
  const list = stage.querySelector("[data-cards]");
  list.insertBefore(dragged, cardBelow(list, event.clientY));
});

document.addEventListener("drop", (event) => {
  const stage = dragged && event.target.closest?.("[data-stage]");
  if (!stage) return;
  event.preventDefault();
  const form = dragged.querySelector("form[data-place]");
  form.elements.stage.value = stage.dataset.stage;
  form.elements.place.value = String([...stage.querySelectorAll("[data-card]")].indexOf(dragged));
  origin = null; // it stays: the answer shows it there
  form.requestSubmit();
});
