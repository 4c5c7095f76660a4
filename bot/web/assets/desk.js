// The desk's pages: news, drafts, keys. Every sentence it shows stands in the page; nothing needs it.
const all = (query) => [...document.querySelectorAll(query)], $ = (query, root = document) => root.querySelector(query);
const part = (id) => $(`[data-testid="${id}"]`);

// News. One tab of a browser listens and tells the others: a server has few connections for each.
let { events, one, many, words, after } = $("[data-events]")?.dataset || {};
const news = $("[data-news]"), fresh = new Set();
const channel = events && window.BroadcastChannel && new BroadcastChannel("homthu-live");

const announce = () => {
  const count = fresh.size;
  if (!news) return;
  news.textContent = count > 1 ? many.replace("{count}", count) : count ? one : words;
  news.hidden = false;
  document.title = document.title.replace(/^(\(\d+\) )?/, count ? `(${count}) ` : "");
};
const hear = ({ code, sort, mine, late, at }) => {
  after = at;
  const row = $(`[data-code="${code}"]`);
  if ((mine && !row) || (late && (row || sort !== "case"))) return;
  if (sort === "message" && row) $("[data-words-mark]", row).hidden = false;
  else if (sort === "case" && !row) fresh.add(code), announce();
  else if (!sort || (row && !mine)) announce();
  if (!mine) for (const note of all(`[data-live-case="${code}"]`)) note.hidden = false;
};
const follow = (release) => {
  const source = new EventSource(`${events}?after=${after}`);
  for (const name of ["case", "reset"]) source.addEventListener(name, ({ data, lastEventId: at }) => {
    const told = { ...JSON.parse(data), at };
    channel?.postMessage(told);
    hear(told);
  });
  // The browser comes back by itself; only after a refusal we have to.
  source.onerror = () => source.readyState === 2 && (release(), setTimeout(listen, 30000));
};
const listen = () => navigator.locks ? navigator.locks.request("homthu-live", () => new Promise(follow)) : follow(() => {});
if (channel) channel.onmessage = ({ data }) => hear(data);
if (events) listen();

// A case: what is typed is kept, and who else is here is told.
const here = $("[data-case]")?.dataset.case, others = $("[data-others]"), drafts = all("[data-draft]");
const text = (form) => form.elements.text.value;
// What the page came with: somebody may have typed before this script had come.
const kept = new Map(drafts.map((form) => [form, form.elements.text.defaultValue]));
const beacon = (url, { body }) => navigator.sendBeacon(url, body);
let wroteAt = 0;
const send = (what, values, by = fetch) => {
  const body = new FormData(part("logout-form")); // it holds the session's token
  for (const name in values) body.set(name, values[name]);
  return by(`${here}/${what}`, { method: "POST", body, headers: { Accept: "application/json" } });
};
const save = (by) => Promise.allSettled(drafts.filter((form) => text(form) !== kept.get(form)).map(async (form) => {
  const typed = text(form), { status } = await send("draft", { as: form.dataset.draft, text: typed }, by);
  if (status === 204) kept.set(form, typed);
}));
const look = async () => {
  const answer = document.hidden || await send("presence", { writing: +(Date.now() - wroteAt < 20000) });
  if (answer.status !== 200) return;
  const told = (await answer.json()).others.join(" · ");
  if (others.textContent !== told) others.textContent = told;
  others.hidden = !told;
};
if (here) {
  setInterval(() => save(), 4000);
  setInterval(() => look().catch(() => {}), 15000);
  addEventListener("pagehide", () => { save(beacon); send("presence", { leaving: 1 }, beacon); });
  document.oninput = () => { wroteAt = Date.now(); };
  document.onsubmit = (event) => {
    const form = event.target;
    if (kept.has(form)) kept.set(form, text(form));
    if (form !== part("logout-form")) return;
    event.preventDefault(); // once signed out, nothing can be kept any more
    Promise.race([save(), new Promise((go) => setTimeout(go, 3000))]).then(() => form.submit());
  };
}

// Keys: never while somebody types, and only as long as they are wanted.
const sheet = $("[data-keys]"), wanted = $("[data-keys-on]"), turns = { ArrowLeft: "prev", ArrowRight: "next" };
const forms = { r: "reply", n: "note", a: "assign", m: "move", e: "close" };
const wish = (value) => { try { return value ? localStorage.homthuKeys = value : localStorage.homthuKeys; } catch { /* storage is off */ } };
const goTo = (key) => {
  const form = part(`${forms[key]}-form`), fold = form?.closest("details");
  if (fold) fold.open = true;
  form?.scrollIntoView({ block: "center" });
  form && $("textarea, select, input:not([type=hidden]), button", form).focus();
};
const links = () => all(".case-row__code"), at = () => links().findIndex((link) => link.closest(":focus-within.case-row"));
const step = (by) => {
  const rows = links(), to = at() < 0 && by < 0 ? -1 : Math.max(at() + by, 0);
  (rows[to] || rows.at(-1))?.focus();
};
const act = (key) => {
  const link = links()[at()];
  if ("amr".includes(key) && $(".case-row__tick :checked")) part(`bulk-${key === "r" ? "answer" : forms[key]}`)?.click();
  else if (link) location.href = `${link.href}#key-${key}`;
  else goTo(key);
};
const keys = {
  j: () => step(1), k: () => step(-1), "?": () => sheet.showModal(),
  "/": () => { const search = $("[data-search]"); search ? (search.focus(), search.select()) : location.assign("/staff/"); },
};
const close = (target) => { for (const menu of all("[data-me][open]")) if (!menu.contains(target)) menu.open = false; };
document.onkeydown = (event) => {
  const { key, target, ctrlKey, metaKey, altKey } = event, turn = $(`a[rel=${turns[key]}]`);
  if (key === "Escape") close();
  if (ctrlKey || metaKey || altKey || $("dialog[open]") || wish() === "off") return;
  if (target.matches("textarea, select, input:not([type=checkbox], [type=radio])")) return;
  const does = keys[key] || (forms[key] && (() => act(key))) || (turn && (() => turn.click()));
  if (does) event.preventDefault(), does();
};
wanted.checked = wish() !== "off";
wanted.onchange = () => wish(wanted.checked ? "on" : "off");
if (location.hash.startsWith("#key-")) goTo(location.hash[5]), history.replaceState(0, "", location.pathname + location.search);

// A paper that is being made. Without a script its page reloads itself.
const making = $("[data-progress]");
const see = async () => {
  const page = await (await fetch(location.href)).text(), found = $("[data-progress]", new DOMParser().parseFromString(page, "text/html"));
  if (!found) return location.reload();
  making.replaceChildren(...found.childNodes);
  setTimeout(() => see().catch(() => location.reload()), 1500);
};
if (making) setTimeout(see, 1000);

// Small things.
const press = (query, does) => { for (const button of all(query)) button.hidden = false, button.onclick = does; };
press("[data-keys-open]", () => sheet.showModal());
press("[data-print]", () => print());
press("[data-tick-all]", (event) => {
  event.preventDefault();
  for (const box of all(".case-row__tick input")) box.checked = true;
});
document.onclick = ({ target }) => close(target);
