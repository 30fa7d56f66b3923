/**
 * Open a page's form in a dialog over the page at hand: `<a href="..." data-dialog>`.
 *
 * The dialog shows the element `[data-dialog-part]` of the page the link leads to. Its forms are sent as on that page,
 * so a mistake or a success looks the same with and without scripts. When anything fails, the link is simply followed.
 */
import { announce } from "./page.js";

const REFERENCES = ["for", "form", "list", "aria-labelledby", "aria-describedby", "aria-controls", "aria-errormessage"];

/** Give other names to what the page at hand has a name for, or labels would stand for fields behind the dialog. */
function rename(content) {
  const taken = [...content.querySelectorAll("[id]")].filter((one) => document.getElementById(one.id)).map((one) => one.id);
  const renamed = new Map(taken.map((id) => [id, `dialog-${id}`]));
  if (!renamed.size) return;
  for (const one of content.querySelectorAll("[id]")) one.id = renamed.get(one.id) ?? one.id;
  for (const name of REFERENCES) {
    for (const one of content.querySelectorAll(`[${name}]`)) {
      const ids = one.getAttribute(name).split(/\s+/);
      one.setAttribute(name, ids.map((id) => renamed.get(id) ?? id).join(" "));
    }
  }
}

async function part(address) {
  const answer = await fetch(address, { headers: { "X-Requested-With": "dialog" }, credentials: "same-origin" });
  if (!answer.ok || answer.redirected) throw new Error(`no part to show: ${answer.status}`);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const found = page.querySelector("[data-dialog-part]");
  if (!found) throw new Error("no part to show");
  // A form without an address is sent to its own page, which is not the page it is shown on.
  for (const form of found.querySelectorAll("form:not([action])")) form.action = address;
  rename(found);
  return document.adoptNode(found);
}

function open(content) {
  const dialog = document.createElement("dialog");
  dialog.className = "sheet";
  const heading = content.querySelector("h1, h2");
  if (heading) {
    heading.id ||= "dialog-heading";
    dialog.setAttribute("aria-labelledby", heading.id);
  }
  dialog.append(content);
  document.body.append(dialog);
  dialog.addEventListener("close", () => dialog.remove());
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog || event.target.closest("[data-dialog-close]")) {
      event.preventDefault();
      dialog.close();
    }
  });
  window.htmx?.process(content);
  dialog.dispatchEvent(new CustomEvent("dialog:filled", { bubbles: true }));
  dialog.showModal();
  content.querySelector("[autofocus], input:not([type=hidden]), select, textarea, button")?.focus();
}

document.addEventListener("click", async (event) => {
  const link = event.target.closest?.("a[data-dialog]");
  if (!link || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  link.closest("details.menu")?.removeAttribute("open");
  link.setAttribute("aria-busy", "true");
  try {
    open(await part(link.href));
  } catch {
    announce("");
    location.assign(link.href);
  } finally {
    link.removeAttribute("aria-busy");
  }
});
