/**
 * The result page checks the paper code in its own address, on this device (site.md 4.2).
 *
 * The part of the address after # is never sent. It is taken out of the address before anything else happens, so
 * that it is not shared, bookmarked or kept. What was found, never the code, stays with the entry of the history:
 * a refusal outlives reload, back and forward. The verdict of the register stands in the page without this script.
 */

const SKIP_LINK = "#main";
const RED = ["tampered", "issuer_not_trusted"];
const kept = keptResult();
const digits = takeCode();
/** What the page says about a code, or null. */
let shown = digits === null ? kept : keptResult();

/** Tell whether the address holds what may be a code. */
function hasCode() {
  return location.hash !== "" && location.hash !== SKIP_LINK;
}

/** Return the result that this entry of the history keeps, or null. */
function keptResult() {
  return history.state?.paper ?? null;
}

function keep(result, address) {
  history.replaceState({ paper: result }, "", address);
}

/** Return what stands after # in the address and remove it; null if there is no code. */
function takeCode() {
  if (!hasCode()) return null;
  const { hash, pathname, search } = location;
  keep("interrupted", pathname + search);
  return hash.slice(1);
}

/** Return what the page knows: its official address, and keys and digests of the register where it could be read. */
function knownFacts(article) {
  const { page, sealKeys, paperSha256 } = article.dataset;
  const { host, pathname } = new URL(page);
  const keys = sealKeys && JSON.parse(sealKeys).map(([x, from, to, state]) => ({ x, from, to, state }));
  return {
    host,
    id: pathname.split("/").pop(),
    keys: keys ?? null,
    digests: paperSha256 === undefined ? null : paperSha256.split(" "),
  };
}

async function check(article) {
  const facts = knownFacts(article);
  // "host." is the same host. Under any other name nothing is proved: neither that the code is ours nor that it is not.
  if (location.host.replace(/\.(?=:|$)/, "") !== facts.host) return "other_address";
  try {
    const { checkPaper } = await import("./paper.js");
    return await checkPaper(digits, facts);
  } catch {
    // No Ed25519, no Web Crypto, or a part of the script did not arrive: that says nothing about the paper.
    return "not_checked_here";
  }
}

/** Show the text that the server prepared for `result`; of an earlier scan, it says so and fills no row of checks. */
function show(article, line, result, isEarlier) {
  const prepared = article.querySelector(`template[data-paper="${result}"]`);
  const content = document.importNode(prepared.content, true);
  content.querySelector(isEarlier ? ".answer:not(.earlier)" : ".earlier")?.remove();
  if (RED.includes(result)) {
    article.dataset.paper = result;
    article.replaceChildren(content);
    document.title = prepared.dataset.title;
    article.querySelector("h1").focus();
    startAnewAt(article.querySelector("a.anew"));
    return;
  }
  const row = content.querySelector("li");
  row.remove();
  if (!isEarlier) article.querySelector("[data-check=paper]").replaceWith(row);
  line.append(content);
}

const isPlain = (event) => !(event.ctrlKey || event.metaKey || event.shiftKey);

/** Forget the refusal when the link to the register's own answer is this very address, which keeps the entry. */
function startAnewAt(link) {
  link.addEventListener("click", (event) => {
    if (isPlain(event) && link.href === location.href) keep(null);
  });
}

/**
 * Let the other language say the same: its link gets the code back when it is followed, and not before. Where the
 * code is gone already, the result goes along as on a reload.
 */
function keepForOtherLanguage() {
  const link = document.querySelector("a.switch");
  for (const kind of ["click", "auxclick"]) {
    link.addEventListener(kind, (event) => {
      if (digits !== null) {
        link.hash = digits;
      } else if (kind === "click" && isPlain(event)) {
        event.preventDefault();
        history.pushState({ paper: shown }, "", link.href);
        location.reload();
      }
    });
  }
}

/** Follow an address or entry that changed under the open page: a second scan in the same window, or one before. */
function follow() {
  const isNewPlace = history.state === null && location.hash === SKIP_LINK;
  if (isNewPlace) keep(shown);
  else if (hasCode() || keptResult() !== shown) location.reload();
}

addEventListener("hashchange", follow);
addEventListener("popstate", follow);
const article = document.querySelector("article.result");
if (shown !== null && article !== null) {
  const line = article.querySelector("[role=status]");
  line.dataset.hasCode = "";
  keepForOtherLanguage();
  if (digits !== null) {
    shown = await check(article);
    keep(shown);
  }
  show(article, line, shown, digits === null);
}
