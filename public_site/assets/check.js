/**
 * The form of /check: tells what was chosen and refuses a file that is too large before it is sent.
 *
 * The form works without this script; the server says the same.
 */

const MEBIBYTE = 1024 * 1024;
const form = document.querySelector("form.check");
const field = form.querySelector("input[type=file]");
const chosen = form.querySelector(".chosen");
const button = form.querySelector("button");
const label = button.textContent;

/** Return the size of a file in words of any language. */
function sizeText(bytes) {
  return bytes < MEBIBYTE ? `${Math.ceil(bytes / 1024)} KiB` : `${(bytes / MEBIBYTE).toFixed(1)} MiB`;
}

/** Say which file was chosen, and what is wrong with it. */
function showFile() {
  const file = field.files[0];
  const limit = file?.type.startsWith("image/") ? 5 * MEBIBYTE : 10 * MEBIBYTE;
  const isTooLarge = file !== undefined && file.size > limit;
  const words = file === undefined ? "" : `${file.name} · ${sizeText(file.size)}`;
  field.setCustomValidity(isTooLarge ? form.dataset.tooLarge : "");
  chosen.textContent = isTooLarge ? `${words}. ${form.dataset.tooLarge}` : words;
  chosen.classList.toggle("field-error", isTooLarge);
}

field.addEventListener("change", showFile);
form.addEventListener("submit", () => {
  button.disabled = true;
  button.textContent = form.dataset.busy;
});
// Back from the answer: the browser may show this page as it was left.
addEventListener("pageshow", () => {
  button.disabled = false;
  button.textContent = label;
  showFile();
});
