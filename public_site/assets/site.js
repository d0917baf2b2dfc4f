/**
 * The result page checks the paper code in its own address, on this device (site.md 4.2).
 *
 * The part of the address after # is never sent. It is taken out of the address before anything else happens, so
 * that it is not shared, bookmarked or kept. The verdict of the register stands in the page without this script.
 */

const SKIP_LINK = "#main";
const RED = ["tampered", "issuer_not_trusted"];
const digits = takeCode();

/** Return what stands after # in the address and remove it; null if there is no code. */
function takeCode() {
  const { hash, pathname, search } = location;
  if (hash === "" || hash === SKIP_LINK) return null;
  history.replaceState(history.state, "", pathname + search);
  return hash.slice(1);
}

/** Return what the page knows: its own address, and keys and digests of the register where it could be read. */
function knownFacts(article) {
  const { sealKeys, paperSha256 } = article.dataset;
  const keys = sealKeys && JSON.parse(sealKeys).map(([x, from, to, state]) => ({ x, from, to, state }));
  return {
    host: location.host,
    id: location.pathname.split("/").pop(),
    keys: keys ?? null,
    digests: paperSha256 === undefined ? null : paperSha256.split(" "),
  };
}

async function check(article) {
  try {
    const { checkPaper } = await import("./paper.js");
    return await checkPaper(digits, knownFacts(article));
  } catch {
    // No Ed25519, no Web Crypto, or a part of the script did not arrive: that says nothing about the paper.
    return "not_checked_here";
  }
}

/** Show the text that the server prepared for `result`. */
function show(article, line, result) {
  const prepared = article.querySelector(`template[data-paper="${result}"]`);
  const content = document.importNode(prepared.content, true);
  if (RED.includes(result)) {
    article.dataset.paper = result;
    article.replaceChildren(content);
    document.title = prepared.dataset.title;
    article.querySelector("h1").focus();
    return;
  }
  article.querySelector("[data-check=paper]").replaceWith(content.querySelector("li"));
  line.append(content);
}

/** Let the other language check the same code: its link gets it back when it is followed, and not before. */
function keepForOtherLanguage() {
  const link = document.querySelector("a.switch");
  for (const kind of ["click", "auxclick"]) {
    link.addEventListener(kind, () => {
      link.hash = digits;
    });
  }
}

// Another code for the page that is open already, such as a second scan in the same window.
addEventListener("hashchange", () => {
  if (location.hash !== "" && location.hash !== SKIP_LINK) location.reload();
});
const article = document.querySelector("article.result");
if (digits !== null && article !== null) {
  const line = article.querySelector("[role=status]");
  line.dataset.hasCode = "";
  keepForOtherLanguage();
  show(article, line, await check(article));
}
