/**
 * Says beside a new password how hard it is to guess, and why, while somebody types.
 *
 * The page's own form judges it: what is typed goes where it will be sent to anyway, and nowhere else. Nothing here
 * decides anything; without this script the same sentences come after the form was sent.
 */
const PAUSE = 500; // after the last key; sent once, not once a letter
const FILLED_TO = 300; // whoever counts the bytes on the wire learns no length

function meterFor(field) {
  const meter = document.createElement("progress");
  meter.max = 4;
  meter.value = 0;
  meter.hidden = true;
  meter.setAttribute("aria-hidden", "true"); // the words say the same
  const said = document.createElement("div");
  said.className = "hint";
  said.setAttribute("role", "status");
  field.after(meter, said);
  return { meter, said };
}

function show({ meter, said }, verdict) {
  meter.hidden = !verdict.says;
  meter.value = verdict.score;
  const line = document.createElement("p");
  line.textContent = verdict.says;
  const reasons = verdict.why.map((reason) => {
    const one = document.createElement("p");
    one.textContent = reason;
    return one;
  });
  said.replaceChildren(...(verdict.says ? [line, ...reasons] : []));
}

async function judge(field, shown, signal) {
  const body = new URLSearchParams();
  for (const input of field.form.elements) {
    if (["name", "email", "firm", "csrfmiddlewaretoken", field.name].includes(input.name)) body.set(input.name, input.value);
  }
  body.set("fill", ".".repeat(Math.max(0, FILLED_TO - field.value.length)));
  try {
    const answer = await fetch(field.form.action, { method: "POST", body, headers: { "X-Judge-Only": "1", Accept: "application/json" }, signal });
    if (answer.ok) show(shown, await answer.json());
  } catch {
    // Typed on, or the portal is away: the form says the same once it is sent.
  }
}

for (const field of document.querySelectorAll("input[data-judged]")) {
  if (!field.form) continue;
  const shown = meterFor(field);
  let waiting = null;
  let running = new AbortController();
  field.addEventListener("input", () => {
    clearTimeout(waiting);
    running.abort();
    running = new AbortController();
    if (!field.value) show(shown, { score: 0, says: "", why: [] });
    else waiting = setTimeout(judge, PAUSE, field, shown, running.signal);
  });
}
