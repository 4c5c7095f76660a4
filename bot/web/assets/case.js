// A case's page: keeps what is typed, and says who else is here. Nothing needs it: every form has a button that does the same.
const form = (name) => document.querySelector(`[data-draft="${name}"]`);
const forms = ["reply", "note", "close"].map(form).filter(Boolean);
const here = document.querySelector("[data-case]");
const kept = new Map(forms.map((one) => [one, one.elements.text.value]));
let wroteAt = 0;

const fields = (values) => {
  const body = new FormData();
  for (const name in values) body.append(name, values[name]);
  return body;
};
const token = () => (forms[0] || document).querySelector("[name=form_token]")?.value || "";
const draft = (one) => fields({ form_token: token(), as: one.dataset.draft, text: one.elements.text.value });
const isNew = (one) => one.elements.text.value !== kept.get(one);
const save = async (one) => {
  const text = one.elements.text.value;
  const answer = await fetch(`${here.dataset.case}/draft`, { method: "POST", body: draft(one), headers: { Accept: "application/json" } });
  if (answer.status === 204) kept.set(one, text);
};
for (const one of forms) {
  one.elements.text.addEventListener("input", () => { wroteAt = Date.now(); });
  one.addEventListener("submit", () => kept.set(one, one.elements.text.value));
}
if (forms.length) setInterval(() => forms.filter(isNew).forEach((one) => save(one).catch(() => {})), 4000);

const others = document.querySelector("[data-others]");
const look = async () => {
  if (document.hidden) return;
  const writing = Date.now() - wroteAt < 20000 ? "1" : "0";
  const answer = await fetch(`${here.dataset.case}/presence`, { method: "POST", body: fields({ form_token: token(), writing }) });
  if (answer.status !== 200) return;
  const told = (await answer.json()).others.join(" · ");
  if (others.textContent !== told) others.textContent = told;
  others.hidden = !told;
};
if (here && others && token()) {
  setInterval(() => look().catch(() => {}), 15000);
  addEventListener("pagehide", () => {
    for (const one of forms.filter(isNew)) navigator.sendBeacon(`${here.dataset.case}/draft`, draft(one));
    navigator.sendBeacon(`${here.dataset.case}/presence`, fields({ form_token: token(), leaving: "1" }));
  });
}
