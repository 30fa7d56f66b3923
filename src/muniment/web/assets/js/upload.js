/**
 * Sending documents: `<section data-upload data-upload-url data-folder data-document data-csrf data-max-bytes data-refresh>`.
 *
 * Inside it: file inputs, a `[data-queue]` list in a `[data-queue-panel]`; elsewhere `<template id="upload-row">` and the
 * sentences as attributes of `#upload-texts`. Files dropped anywhere on the page are taken.
 */
import { fill, sizeOf, Speed, timeOf } from "./measures.js";
import { announce, fromTemplate, sentenceOf } from "./page.js";
import { begin, isLost, prepare, unfinished } from "./resumable.js";

const AT_ONCE = 3;
const TRY_AGAIN_MS = 10_000;

const section = document.querySelector("[data-upload]");
const texts = document.getElementById("upload-texts")?.dataset ?? {};
const place = section && {
  url: section.dataset.uploadUrl,
  folder: section.dataset.folder,
  document: section.dataset.document,
  csrf: section.dataset.csrf,
};
const queue = new Set();

/** One file on its way. States: waiting, sending, paused, lost, done, failed; a state is also the row's data-state. */
class Item {
  constructor(file) {
    this.file = file;
    this.speed = new Speed();
    this.kept = 0;
    this.row = fromTemplate("upload-row");
    this.find("name").textContent = file.name;
    for (const act of ["pause", "goOn", "cancel"]) {
      const button = this.find(act === "goOn" ? "go-on" : act);
      button.setAttribute("aria-label", `${button.getAttribute("aria-label")} ${file.name}`);
      button.addEventListener("click", () => this[act]());
    }
    this.upload = prepare(file, place, {
      onProgress: (sent) => this.progress(sent),
      onKept: (kept) => (this.kept = kept),
      onTrouble: () => this.trouble(),
      onSuccess: () => this.done(),
      onError: (error) => this.failed(error),
    });
    this.enter("waiting", texts.waiting);
  }

  find(part) {
    return this.row.querySelector(`[data-${part}]`);
  }

  enter(state, sentence) {
    this.state = state;
    this.row.dataset.state = state;
    this.find("text").textContent = sentence;
    this.find("pause").hidden = state !== "sending" && state !== "lost";
    this.find("go-on").hidden = state !== "paused" && state !== "failed";
    this.find("cancel").hidden = state === "done";
    clearTimeout(this.timer);
  }

  async start() {
    this.speed.forget();
    this.enter("sending", fill(texts.starting, { total: sizeOf(this.file.size) }));
    try {
      const earlier = await begin(this.upload);
      if (earlier) section.querySelector(`[data-unfinished="${CSS.escape(earlier)}"]`)?.remove();
    } catch (error) {
      this.failed(error);
    }
  }

  progress(sent) {
    if (this.state !== "sending") return;
    this.speed.measure(sent);
    const total = this.file.size;
    const bar = this.find("bar");
    bar.max = total || 1;
    bar.value = sent;
    const seconds = this.speed.secondsFor(total - sent);
    const values = { sent: sizeOf(sent), total: sizeOf(total), left: seconds === undefined ? "" : timeOf(seconds) };
    this.find("text").textContent = fill(seconds === undefined ? texts.sending : texts.sendingLeft, values);
  }

  trouble() {
    if (this.state !== "sending") return;
    this.speed.forget();
    this.find("text").textContent = fill(texts.lost, { sent: sizeOf(this.kept) });
  }

  pause() {
    this.upload.abort();
    this.enter("paused", fill(texts.paused, { sent: sizeOf(this.kept), total: sizeOf(this.file.size) }));
    next();
  }

  goOn() {
    this.enter("waiting", texts.waiting);
    next();
  }

  async cancel() {
    const wasThere = this.state !== "waiting" || this.kept > 0;
    this.state = "cancelled";
    clearTimeout(this.timer);
    queue.delete(this);
    this.row.remove();
    // The server forgets it too. If it cannot be told now, what arrived expires there by itself.
    if (wasThere) await this.upload.abort(true).catch(() => undefined);
    announce(fill(texts.cancelled, { name: this.file.name }));
    next();
  }

  done() {
    const bar = this.find("bar");
    bar.max = bar.value = 1;
    this.enter("done", fill(texts.done, { total: sizeOf(this.file.size) }));
    announce(fill(texts.doneAloud, { name: this.file.name }));
    next();
  }

  failed(error) {
    if (this.state === "cancelled" || this.state === "paused") return;
    if (isLost(error)) {
      this.enter("lost", fill(texts.lost, { sent: sizeOf(this.kept) }));
      this.timer = setTimeout(() => this.start(), TRY_AGAIN_MS);
      return;
    }
    const answer = error.originalResponse;
    const sentence = answer ? sentenceOf(answer.getStatus(), answer.getBody()) : sentenceOf(0, "");
    this.enter("failed", sentence);
    announce(`${this.file.name}: ${sentence}`);
    next();
  }
}

function refuse(file, sentence) {
  const row = fromTemplate("upload-row");
  row.dataset.state = "failed";
  row.querySelector("[data-name]").textContent = file.name;
  row.querySelector("[data-text]").textContent = sentence;
  row.querySelector("[data-bar]").remove();
  row.querySelector("[data-cancel]").addEventListener("click", () => row.remove());
  show(row);
  announce(`${file.name}: ${sentence}`);
}

function show(row) {
  section.querySelector("[data-queue-panel]").hidden = false;
  section.querySelector("[data-queue]").append(row);
}

function next() {
  const items = [...queue];
  const busy = items.filter((item) => item.state === "sending" || item.state === "lost").length;
  items.filter((item) => item.state === "waiting").slice(0, Math.max(0, AT_ONCE - busy)).forEach((item) => item.start());
  const moving = items.some((item) => ["sending", "lost", "waiting"].includes(item.state));
  if (items.length && !moving && items.some((item) => item.state === "done")) refreshList();
}

function refreshList() {
  for (const item of queue) if (item.state === "done") queue.delete(item);
  const target = section.dataset.refresh && document.querySelector(section.dataset.refresh);
  if (target && window.htmx) {
    window.htmx.ajax("GET", location.href, { target, select: section.dataset.refresh, swap: "outerHTML" });
  } else if (queue.size === 0) {
    location.reload();
  }
}

function add(files) {
  const most = Number(section.dataset.maxBytes || Infinity);
  for (const file of files) {
    if (file.size > most) {
      refuse(file, fill(texts.tooLarge, { most: sizeOf(most), size: sizeOf(file.size) }));
      continue;
    }
    const item = new Item(file);
    queue.add(item);
    show(item.row);
    if (place.document) break; // a new version is one file
  }
  next();
}

async function listUnfinished() {
  for (const earlier of await unfinished(place)) {
    const row = fromTemplate("upload-unfinished");
    row.dataset.unfinished = earlier.address;
    const share = earlier.size ? Math.floor((100 * earlier.sent) / earlier.size) : 0;
    const find = (part) => row.querySelector(`[data-${part}]`);
    find("name").textContent = earlier.name;
    find("text").textContent = fill(texts.unfinished, { sent: sizeOf(earlier.sent), total: sizeOf(earlier.size), share });
    Object.assign(find("bar"), { max: earlier.size || 1, value: earlier.sent });
    find("go-on-label").textContent = fill(texts.goOnWith, { name: earlier.name, share });
    find("pick").addEventListener("change", (event) => {
      const [file] = event.target.files;
      if (!file) return;
      if (file.name === earlier.name && file.size === earlier.size) add([file]);
      else find("text").textContent = fill(texts.otherFile, { name: earlier.name, total: sizeOf(earlier.size) });
      event.target.value = "";
    });
    find("cancel").addEventListener("click", async () => {
      await earlier.drop().catch(() => undefined);
      row.remove();
    });
    show(row);
  }
}

/** Files of a drop; folders cannot be sent and are named instead of silently skipped. */
function dropped(transfer) {
  const entries = [...transfer.items].filter((item) => item.kind === "file");
  const isFolder = (item) => item.webkitGetAsEntry?.()?.isDirectory;
  for (const item of entries.filter(isFolder)) refuse({ name: item.webkitGetAsEntry().name }, texts.folder);
  return entries.filter((item) => !isFolder(item)).map((item) => item.getAsFile());
}

function watchDrops() {
  const zone = section.querySelector("[data-drop]");
  let depth = 0;
  const carriesFiles = (event) => event.dataTransfer?.types.includes("Files");
  document.addEventListener("dragenter", (event) => {
    if (!carriesFiles(event)) return;
    depth += 1;
    zone?.setAttribute("data-over", "");
  });
  document.addEventListener("dragleave", () => {
    depth = Math.max(0, depth - 1);
    if (depth === 0) zone?.removeAttribute("data-over");
  });
  document.addEventListener("dragover", (event) => carriesFiles(event) && event.preventDefault());
  document.addEventListener("drop", (event) => {
    depth = 0;
    zone?.removeAttribute("data-over");
    if (!carriesFiles(event)) return;
    event.preventDefault();
    add(dropped(event.dataTransfer));
  });
}

if (section) {
  document.addEventListener("change", (event) => {
    if (!event.target.matches("input[type=file][data-upload-pick]")) return;
    add([...event.target.files]);
    event.target.value = "";
  });
  watchDrops();
  listUnfinished();
  window.addEventListener("offline", () => {
    for (const item of queue) item.trouble();
  });
  window.addEventListener("online", () => {
    for (const item of queue) if (item.state === "lost") item.start();
  });
  window.addEventListener("beforeunload", (event) => {
    if ([...queue].some((item) => item.state === "sending")) event.preventDefault();
  });
}
