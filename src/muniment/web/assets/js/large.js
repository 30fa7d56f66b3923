/** A file that is too large for its form is told of when it is chosen, and not after all that was typed was sent. */
document.addEventListener("change", ({ target }) => {
  if (!target.matches("input[type=file][data-most]")) return;
  const isLarge = [...target.files].some((file) => file.size > Number(target.dataset.most));
  target.setCustomValidity(isLarge ? target.dataset.tooLarge : "");
  if (isLarge) target.reportValidity();
});
