// The chat's page: shortens the trips of its forms. Every sentence it shows stands in the page.
// A post has one key until it is known to be kept: trying again is safe.
const form = document.querySelector("[data-chat]");
const all = (query) => document.querySelectorAll(query), $ = (query, root = document) => root.querySelector(query);
const make = (name, more) => Object.assign(document.createElement(name), more);
const { text, files: picker, form_token: token, ward } = form.elements, words = form.dataset;
const lines = $("#lines"), notice = $("[data-notice]"), picked = $("[data-picked]"), page = document.documentElement;
const most = 10, largest = 20 << 20;
const base = form.action.slice(0, -9); // without "/messages"
let files = [], last = lines.dataset.after, unsent = "", proof = {};

const save = () => { try { localStorage.homthu = text.value || unsent; } catch { /* storage is off */ } };
const tell = (message = "") => { notice.textContent = message; notice.hidden = !message; };
const grow = () => { text.style.height = "auto"; text.style.height = `${text.scrollHeight + 2}px`; };
const gently = matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth";
const toEnd = (behavior) => scrollTo({ top: page.scrollHeight, behavior });

// What is picked can be seen, and taken out again.
const item = (file, ...more) => {
  const line = make("li"), src = /^image\/(jpeg|png|webp|gif)$/.test(file.type) && URL.createObjectURL(file);
  line.append(src ? make("img", { src, alt: file.name }) : make("span", { className: "file", textContent: file.name }), ...more);
  return line;
};
const pick = (list) => {
  files = list.slice(0, most);
  picked.hidden = !files.length;
  picked.replaceChildren(...files.map((file) => item(file, make("button", {
    type: "button", textContent: "×", ariaLabel: `${words.remove} ${file.name}`,
    onclick() { pick(files.filter((other) => other !== file)); text.focus(); },
  }))));
};
picker.onchange = () => {
  const chosen = [...picker.files], large = chosen.filter((file) => file.size > largest);
  const list = files.concat(chosen.filter((file) => file.size <= largest));
  tell(large.length ? `${words.tooLarge} ${large.map((file) => file.name).join(", ")}` : list.length > most ? words.tooMany : "");
  pick(list);
  picker.value = "";
};

const send = (fields, said, sent = []) => {
  const line = $("#said").content.firstElementChild.cloneNode(true);
  const bubble = line.firstElementChild, state = $(".bubble__state", line), sending = state.textContent;
  const key = Date.now().toString(36) + Math.random().toString(36).slice(2);
  $(".bubble__text", line).textContent = said;
  $(".files", line).append(...sent.map((file) => item(file)));
  lines.append(line);
  toEnd(gently);
  const post = async (isSecond) => {
    const body = sent[0] ? new FormData() : new URLSearchParams(), parts = { form_token: token.value, key, ward: ward.value, ...proof, ...fields };
    for (const name in parts) body.append(name, parts[name]);
    for (const file of sent) body.append("files", file);
    const response = await fetch(form.action, { method: "POST", body, headers: { Accept: "application/json" } });
    const answer = await response.json();
    if (answer.form_token) for (const field of all("[name=form_token]")) field.value = answer.form_token;
    if (response.status === 403 && !isSecond) return post(true);
    if (answer.proof && answer.proof !== proof.proof) { // very many write at once
      await new Promise((onload, onerror) => document.head.append(make("script", { src: answer.prover, nonce: $("script").nonce, onload, onerror })));
      proof = { proof: answer.proof, answer: await prove(answer.proof).catch(() => "") };
      return post(true);
    }
    return { ...answer, isFinal: response.status < 429 };
  };
  const attempt = async () => {
    const answer = await post().catch(() => ({}));
    if (answer.kept) {
      state.textContent = answer.at;
      ward.value = unsent = "";
      history.replaceState(0, "", base);
      tell(answer.notice);
    } else if (answer.isFinal) { // for good: back into the form with it
      line.remove();
      text.value ||= fields.text || "";
      pick(sent.concat(files));
      tell(answer.message);
      grow();
    } else {
      bubble.classList.add("bubble--failed");
      state.replaceChildren(`${answer.message || words.failed} `, make("button", {
        type: "button", className: "again", textContent: words.again,
        onclick() { bubble.classList.remove("bubble--failed"); state.textContent = sending; attempt(); },
      }));
      toEnd(gently);
    }
    save();
  };
  attempt();
};

form.onsubmit = (event) => {
  event.preventDefault();
  const said = text.value.trim(), sent = files;
  if (!said && !sent.length) return text.focus();
  unsent = said;
  text.value = "";
  tell();
  pick([]);
  grow();
  send({ text: said }, said, sent);
};
text.oninput = () => { save(); grow(); };
text.onkeydown = (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing || !matchMedia("(pointer: fine)").matches) return;
  event.preventDefault();
  form.requestSubmit();
};
lines.onsubmit = (event) => {
  event.preventDefault();
  const { digits } = event.target.elements;
  send({ choice: event.submitter.value, ...(digits && { digits: digits.value }) }, event.submitter.textContent);
  if (digits) event.target.remove(); // wrong digits are asked for again
};
// An anonymous case is found again by its receipt alone: nobody leaves by accident before it is written down.
onbeforeunload = (event) => $("[data-keep]") && event.preventDefault();
$("[data-forget]").onsubmit = () => { text.value = unsent = ""; save(); };

const offer = () => { for (const button of all("[data-locate]")) button.hidden = !(isSecureContext && navigator.geolocation); };
document.onclick = ({ target }) => target.closest("[data-locate]") && navigator.geolocation.getCurrentPosition(
  ({ coords: { latitude: lat, longitude: lon, accuracy } }) => send({ lat, lon, accuracy }, words.place),
  () => tell(words.noPlace), { enableHighAccuracy: true, timeout: 15000 });

// The browser comes back by itself, with the last id it saw; only after a refusal we have to.
const listen = () => {
  const source = new EventSource(`${base}/events?after=${last}`);
  source.addEventListener("line", ({ data, lastEventId }) => {
    last = lastEventId;
    if ($(`#line-${last}`)) return;
    const isAtEnd = innerHeight * 2 + scrollY > page.scrollHeight;
    for (const line of all(".said:not(.said--mine)")) line.classList.add("said--past");
    lines.insertAdjacentHTML("beforeend", data); // our own template, escaped there
    offer();
    if (isAtEnd) toEnd(gently);
  });
  source.onerror = () => source.readyState === 2 && setTimeout(listen, 15000);
};

// The page around a frame closes it.
onkeydown = ({ key }) => { if (key === "Escape") parent.postMessage("homthu:close", "*"); };

form.classList.add("composer--live");
try { text.value ||= localStorage.homthu || ""; } catch { /* off */ }
grow();
if (picker.files.length) picker.onchange(); // picked before this script had come
offer();
toEnd();
listen();
