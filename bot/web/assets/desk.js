// The desk's pages: news as they come, and keys. Every sentence it shows stands in the page; nothing needs it.
const all = (query) => [...document.querySelectorAll(query)], $ = (query, root = document) => root.querySelector(query);
const part = (id) => $(`[data-testid="${id}"]`);

// News. One tab of a browser listens and tells the others: a server has few connections for each.
const work = $("[data-events]"), news = $("[data-news]"), title = document.title;
const fresh = new Set(), rows = new Map(all("[data-code]").map((row) => [row.dataset.code, row]));
const channel = window.BroadcastChannel && new BroadcastChannel("homthu-live");
let place = work?.dataset.after;

const announce = () => {
  if (!news) return;
  const { one, many, words } = work.dataset, count = fresh.size;
  news.textContent = count > 1 ? many.replace("{count}", count) : count ? one : words;
  news.hidden = false;
  document.title = count ? `(${count}) ${title}` : title;
};
const hear = ({ code, sort, mine, late, at }) => {
  place = at;
  const row = rows.get(code);
  if ((mine && !row) || (late && (row || sort !== "case"))) return;
  if (sort === "message" && row) $("[data-words-mark]", row).hidden = false;
  else if (sort === "case" && !row) fresh.add(code), announce();
  else if (!sort || (row && !mine)) announce();
  if (!mine) for (const note of all(`[data-live-case="${code}"]`)) note.hidden = false;
};
const follow = (release) => {
  const source = new EventSource(`${work.dataset.events}?after=${place}`);
  const pass = ({ data, lastEventId }) => {
    const told = { ...JSON.parse(data), at: lastEventId };
    channel?.postMessage(told);
    hear(told);
  };
  source.addEventListener("case", pass);
  source.addEventListener("reset", pass);
  source.onerror = () => { // the browser comes back by itself; only after a refusal we have to
    if (source.readyState !== 2) return;
    release();
    setTimeout(listen, 30000);
  };
};
const listen = () => navigator.locks ? navigator.locks.request("homthu-live", () => new Promise(follow)) : follow(() => {});
if (work && window.EventSource) {
  if (channel) channel.onmessage = ({ data }) => hear(data);
  listen();
}

// Keys: never while somebody types, and only as long as they are wanted.
const sheet = $("[data-keys]"), wanted = $("[data-keys-on]"), forms = { r: "reply", n: "note", a: "assign", m: "move", e: "close" };
const kept = (value) => { try { return value === undefined ? localStorage.homthuKeys : (localStorage.homthuKeys = value); } catch { return ""; } };
const types = (target) => target.isContentEditable || target.matches("textarea, select, input:not([type=checkbox], [type=radio])");
const goTo = (key) => {
  const form = part(`${forms[key]}-form`);
  if (!form) return;
  for (let fold = form.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
  form.scrollIntoView({ block: "center" });
  $("textarea, select, input:not([type=hidden]), button", form)?.focus();
};
const step = (by) => {
  const links = all(".case-row__code"), at = links.findIndex((link) => link.closest(".case-row").contains(document.activeElement));
  links[at < 0 ? (by > 0 ? 0 : links.length - 1) : Math.min(Math.max(at + by, 0), links.length - 1)]?.focus();
};
const act = (key) => {
  const ticked = $(".case-row__tick :checked"), link = document.activeElement.closest(".case-row") && $(".case-row__code", document.activeElement.closest(".case-row"));
  if (ticked && { a: 1, m: 1, r: 1 }[key]) part(`bulk-${key === "r" ? "answer" : forms[key]}`)?.click();
  else if (link) location.href = `${link.href}#key-${key}`;
  else goTo(key);
};
const keys = {
  j: () => step(1), k: () => step(-1), "?": () => sheet?.showModal(),
  "/": () => { const search = $("[data-search]"); search ? (search.focus(), search.select()) : location.assign("/staff/"); },
};
document.addEventListener("keydown", (event) => {
  const { key, target } = event;
  if (key === "Escape") for (const menu of all("[data-me][open]")) menu.open = false;
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || types(target) || $("dialog[open]") || kept() === "off") return;
  const does = keys[key] || (forms[key] && (() => act(key)));
  if (does) event.preventDefault(), does();
});
if (sheet && wanted) {
  wanted.checked = kept() !== "off";
  wanted.onchange = () => kept(wanted.checked ? "on" : "off");
  for (const button of all("[data-keys-open]")) button.hidden = false, button.onclick = () => sheet.showModal();
}
const asked = /^#key-([rname])$/.exec(location.hash);
if (asked) history.replaceState(0, "", location.pathname + location.search), goTo(asked[1]);

// Small things.
document.addEventListener("click", ({ target }) => {
  for (const menu of all("[data-me][open]")) if (!menu.contains(target)) menu.open = false;
});
$("[data-tick-all]")?.addEventListener("click", (event) => {
  event.preventDefault();
  for (const box of all(".case-row__tick input")) box.checked = true;
});
for (const button of all("[data-print]")) button.hidden = false, button.onclick = () => print();
