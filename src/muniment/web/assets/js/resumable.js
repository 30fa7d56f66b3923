/** The tus protocol with a checksum on every chunk, and the uploads this browser has begun and not finished. */
import { DefaultHttpStack, Upload, defaultOptions } from "tus-js-client";
import { csrfToken } from "./page.js";

const CHUNK_BYTES = 8 * 1024 * 1024;
const RETRY_MS = [0, 1_000, 3_000, 5_000, 10_000, 20_000, 30_000];
const CHECKSUM_MISMATCH = 460;
const GONE = [403, 404, 410];

/** Adds `Upload-Checksum` to a chunk before it leaves: what the server stores is what this browser read. */
class ChecksumRequest {
  #request;

  constructor(request) {
    this.#request = request;
  }

  getMethod = () => this.#request.getMethod();
  getURL = () => this.#request.getURL();
  setHeader = (name, value) => this.#request.setHeader(name, value);
  getHeader = (name) => this.#request.getHeader(name);
  setProgressHandler = (handler) => this.#request.setProgressHandler(handler);
  abort = () => this.#request.abort();
  getUnderlyingObject = () => this.#request.getUnderlyingObject();

  async send(body) {
    if (body && this.getMethod() === "PATCH") {
      const digest = await crypto.subtle.digest("SHA-256", await body.arrayBuffer());
      this.setHeader("Upload-Checksum", `sha256 ${btoa(String.fromCharCode(...new Uint8Array(digest)))}`);
    }
    return this.#request.send(body);
  }
}

class ChecksumStack {
  #stack = new DefaultHttpStack();

  createRequest = (method, url) => new ChecksumRequest(this.#stack.createRequest(method, url));
  getName = () => "ChecksumStack";
}

/** The same file for the same place is the same upload. The name stays in this browser. */
function fingerprint(file, { endpoint, metadata }) {
  const place = [new URL(endpoint, location.href).pathname, metadata.folder ?? "", metadata.document ?? ""];
  return Promise.resolve(JSON.stringify(["tus", ...place, file.name, file.size, file.lastModified]));
}

function mayTryAgain(error) {
  const status = error.originalResponse?.getStatus() ?? 0;
  return status === 0 || status >= 500 || [409, 423, 429, CHECKSUM_MISMATCH].includes(status);
}

/**
 * Prepare the upload of `file` to `place` ({ url, folder, document }); it starts with `begin`. What the server has for good is
 * told to `onKept`; trouble is what is tried again by itself.
 */
export function prepare(file, place, { onProgress, onKept, onTrouble, onSuccess, onError }) {
  const metadata = { filename: file.name, filetype: file.type || "application/octet-stream" };
  if (place.folder) metadata.folder = place.folder;
  if (place.document) metadata.document = place.document;
  return new Upload(file, {
    endpoint: place.url,
    chunkSize: CHUNK_BYTES,
    retryDelays: RETRY_MS,
    removeFingerprintOnSuccess: true,
    headers: { "X-CSRFToken": place.csrf || csrfToken() },
    httpStack: new ChecksumStack(),
    metadata,
    fingerprint,
    onShouldRetry(error) {
      const again = mayTryAgain(error);
      if (again) onTrouble(error);
      return again;
    },
    onProgress,
    onAfterResponse(_, response) {
      const offset = response.getHeader("Upload-Offset");
      if (offset) onKept(Number(offset));
    },
    onSuccess,
    onError,
  });
}

/** Start `upload` where an earlier one of the same file stopped, or at its beginning. Returns that earlier one's address. */
export async function begin(upload) {
  const [earlier] = await upload.findPreviousUploads();
  if (earlier) upload.resumeFromPreviousUpload(earlier);
  upload.start();
  return earlier?.uploadUrl;
}

/** Uploads to `place` begun in this browser earlier, with what has arrived: [{ name, size, sent, address, forget, drop }]. */
export async function unfinished(place) {
  const storage = defaultOptions.urlStorage;
  const here = new URL(place.url, location.href);
  const found = [];
  for (const entry of await storage.findAllUploads()) {
    const address = entry.uploadUrl && new URL(entry.uploadUrl, location.href);
    if (address?.origin !== here.origin || !address.pathname.startsWith(here.pathname)) continue;
    if ((entry.metadata.folder ?? "") !== (place.folder ?? "") || (entry.metadata.document ?? "") !== (place.document ?? "")) continue;
    const forget = () => storage.removeUpload(entry.urlStorageKey);
    const answer = await fetch(address, { method: "HEAD", headers: { "Tus-Resumable": "1.0.0" } }).catch(() => undefined);
    if (answer && GONE.includes(answer.status)) await forget();
    if (!answer?.ok) continue;
    const drop = async () => {
      await Upload.terminate(address.href, { ...defaultOptions, headers: { "X-CSRFToken": place.csrf || csrfToken() } });
      await forget();
    };
    found.push({ name: entry.metadata.filename, size: entry.size, sent: Number(answer.headers.get("Upload-Offset")), address: entry.uploadUrl, drop });
  }
  return found;
}

/** True when an error means that nobody answered, so that waiting for the connection makes sense. */
export function isLost(error) {
  const status = error.originalResponse?.getStatus() ?? 0;
  return status === 0 || status === 502 || status === 503 || status === 504;
}
