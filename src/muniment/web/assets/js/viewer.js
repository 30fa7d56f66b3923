/**
 * Reading a PDF in the page: `<div data-pdf data-url data-library data-worker data-cmaps data-fonts data-decoders>`.
 *
 * Our own canvas and text layer: the browser's viewer would run what the file asks for. Pages are drawn when they come
 * near, and forgotten when they are far, so a thousand pages cost no more than ten. Only the parts needed are fetched.
 */
import { announce } from "./page.js";

const ZOOM_STEP = 1.2;
const ZOOM_LEAST = 0.3;
const ZOOM_MOST = 5;
const CANVAS_PIXELS_MOST = 12_000_000;
const NEAR = "900px 0px";
const MARGIN_PIXELS = 32;

class Viewer {
  constructor(root, library, pdf) {
    Object.assign(this, { root, library, pdf, pages: [], scale: 1, fits: true });
    this.scroller = root.querySelector("[data-pdf-pages]");
    this.tools = root.querySelector("[data-pdf-tools]");
  }

  async open() {
    const first = await this.pdf.getPage(1);
    this.size = first.getViewport({ scale: 1 });
    this.near = new IntersectionObserver((seen) => seen.forEach((entry) => this.onNear(entry)), { root: this.scroller, rootMargin: NEAR });
    for (let number = 1; number <= this.pdf.numPages; number += 1) this.addPage(number);
    this.tools.hidden = false;
    this.tool("count").textContent = String(this.pdf.numPages);
    this.tool("number").max = this.pdf.numPages;
    this.fit();
    this.listen();
  }

  tool(name) {
    return this.tools.querySelector(`[data-pdf-${name}]`);
  }

  addPage(number) {
    const element = document.createElement("div");
    element.className = "pdf-page";
    element.dataset.number = number;
    element.setAttribute("role", "region");
    element.setAttribute("aria-label", `${this.root.dataset.pageWord} ${number}`);
    this.pages.push({ number, element, size: this.size });
    this.scroller.append(element);
    this.near.observe(element);
  }

  fit() {
    this.fits = true;
    this.zoom((this.scroller.clientWidth - MARGIN_PIXELS) / this.size.width);
  }

  zoom(scale) {
    const before = this.scroller.scrollTop / (this.scroller.scrollHeight || 1);
    this.scale = Math.min(ZOOM_MOST, Math.max(ZOOM_LEAST, scale));
    for (const page of this.pages) {
      this.forget(page);
      this.measure(page);
    }
    this.scroller.scrollTop = before * this.scroller.scrollHeight;
    this.tool("zoom").textContent = `${Math.round(this.scale * 100)} %`;
    for (const page of this.pages) {
      this.near.unobserve(page.element);
      this.near.observe(page.element);
    }
  }

  measure({ element, size }) {
    element.style.setProperty("--scale-factor", this.scale);
    element.style.width = `${Math.floor(size.width * this.scale)}px`;
    element.style.height = `${Math.floor(size.height * this.scale)}px`;
  }

  onNear({ target, isIntersecting }) {
    const page = this.pages[Number(target.dataset.number) - 1];
    if (isIntersecting) this.draw(page).catch((error) => this.onDrawError(error));
    else this.forget(page);
  }

  onDrawError(error) {
    if (error?.name !== "RenderingCancelledException" && error?.name !== "AbortException") throw error;
  }

  async draw(page) {
    if (page.drawing) return;
    const turn = (page.drawing = {});
    const source = await this.pdf.getPage(page.number);
    if (page.drawing !== turn) return;
    page.size = source.getViewport({ scale: 1 });
    this.measure(page);
    const viewport = source.getViewport({ scale: this.scale });
    const canvas = document.createElement("canvas");
    const sharp = Math.min(window.devicePixelRatio || 1, Math.sqrt(CANVAS_PIXELS_MOST / (viewport.width * viewport.height)));
    canvas.width = Math.floor(viewport.width * sharp);
    canvas.height = Math.floor(viewport.height * sharp);
    canvas.setAttribute("aria-hidden", "true");
    page.task = source.render({ canvas, viewport, transform: sharp === 1 ? undefined : [sharp, 0, 0, sharp, 0, 0] });
    page.element.replaceChildren(canvas);
    await page.task.promise;
    if (page.drawing === turn) await this.layWords(page, source, viewport);
  }

  async layWords(page, source, viewport) {
    const layer = document.createElement("div");
    layer.className = "text-layer";
    page.element.append(layer);
    await new this.library.TextLayer({ textContentSource: source.streamTextContent(), container: layer, viewport }).render();
  }

  forget(page) {
    page.task?.cancel();
    page.task = page.drawing = undefined;
    page.element.replaceChildren();
  }

  current() {
    const middle = this.scroller.scrollTop + this.scroller.clientHeight / 2;
    const index = this.pages.findIndex(({ element }) => element.offsetTop + element.offsetHeight + MARGIN_PIXELS > middle);
    return index < 0 ? this.pages.length : index + 1;
  }

  go(number) {
    const page = this.pages[Math.min(this.pages.length, Math.max(1, number)) - 1];
    this.scroller.scrollTop = page.element.offsetTop - MARGIN_PIXELS / 2;
  }

  listen() {
    const acts = {
      "zoom-in": () => this.zoomBy(ZOOM_STEP),
      "zoom-out": () => this.zoomBy(1 / ZOOM_STEP),
      fit: () => this.fit(),
      earlier: () => this.go(this.current() - 1),
      later: () => this.go(this.current() + 1),
    };
    for (const [name, act] of Object.entries(acts)) this.tool(name).addEventListener("click", act);
    this.tool("number").addEventListener("change", (event) => this.go(Number(event.target.value) || 1));
    this.scroller.addEventListener("scroll", () => this.showNumber(), { passive: true });
    const keys = { "+": acts["zoom-in"], "=": acts["zoom-in"], "-": acts["zoom-out"], 0: acts.fit, ArrowLeft: acts.earlier, ArrowRight: acts.later, Home: () => this.go(1), End: () => this.go(this.pages.length) };
    this.scroller.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || !keys[event.key]) return;
      event.preventDefault();
      keys[event.key]();
    });
    new ResizeObserver(() => this.fits && this.fit()).observe(this.root);
    this.showNumber();
  }

  zoomBy(factor) {
    this.fits = false;
    this.zoom(this.scale * factor);
  }

  showNumber() {
    const input = this.tool("number");
    if (document.activeElement !== input) input.value = this.current();
  }
}

async function load(root) {
  const { url, library: address, worker, cmaps, fonts, decoders } = root.dataset;
  const library = await import(address);
  library.GlobalWorkerOptions.workerSrc = worker;
  const task = library.getDocument({
    url,
    isEvalSupported: false,
    enableXfa: false,
    useWasm: false, // our policy does not let WebAssembly run; scripts do the same, slower
    disableAutoFetch: true,
    disableStream: true,
    rangeChunkSize: 262_144,
    cMapUrl: cmaps,
    standardFontDataUrl: fonts,
    wasmUrl: decoders,
  });
  await new Viewer(root, library, await task.promise).open();
}

for (const root of document.querySelectorAll("[data-pdf]")) {
  const state = root.querySelector("[data-pdf-state]");
  load(root).then(
    () => state.remove(),
    (error) => {
      const sentence = error?.name === "PasswordException" ? root.dataset.locked : root.dataset.failed;
      state.textContent = sentence;
      announce(sentence);
      throw error;
    },
  );
}
