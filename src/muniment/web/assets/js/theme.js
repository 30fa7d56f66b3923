/** Change between light and dark at once; without scripts the same form asks the server. */

const YEAR_SECONDS = 31_536_000;

function apply(theme) {
  const root = document.documentElement;
  if (theme === "light" || theme === "dark") root.dataset.theme = theme;
  else delete root.dataset.theme;
  const age = root.dataset.theme ? YEAR_SECONDS : 0;
  document.cookie = `theme=${root.dataset.theme ?? ""}; path=/; max-age=${age}; samesite=lax; secure`;
  for (const button of document.querySelectorAll("form[data-theme-form] button[name=theme]")) {
    button.setAttribute("aria-pressed", String(button.value === (root.dataset.theme ?? "system")));
  }
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("form[data-theme-form]") || !event.submitter) return;
  event.preventDefault();
  apply(event.submitter.value);
});
