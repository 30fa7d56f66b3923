/** Menus are <details class="menu">: they open without scripts. Here they also close on Escape, outside clicks and leaving. */
import { fromTemplate } from "./page.js";

function close(menu, { focus = false } = {}) {
  menu.open = false;
  if (focus) menu.querySelector("summary")?.focus();
}

document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) close(menu);
  }
});

document.addEventListener("keydown", (event) => {
  const menu = event.target.closest?.("details.menu[open]");
  if (!menu) return;
  if (event.key === "Escape") close(menu, { focus: true });
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    const items = [...menu.querySelectorAll(".menu-item, summary")];
    const step = event.key === "ArrowDown" ? 1 : -1;
    items[(items.indexOf(document.activeElement) + step + items.length) % items.length]?.focus();
    event.preventDefault();
  }
});

document.addEventListener("focusout", (event) => {
  const menu = event.target.closest?.("details.menu[open]");
  if (menu && event.relatedTarget && !menu.contains(event.relatedTarget)) close(menu);
});

// A list prints one menu for all its rows. The first click on a row's link to its page puts the menu in the link's place.
document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[data-row-menu]");
  if (!link || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  const menu = fromTemplate("row-menu");
  const summary = menu.querySelector("summary");
  summary.setAttribute("aria-label", link.getAttribute("aria-label"));
  for (const item of menu.querySelectorAll("a[data-act]")) item.href = link.href + item.dataset.act;
  link.replaceWith(menu);
  menu.open = true;
  summary.focus();
});
