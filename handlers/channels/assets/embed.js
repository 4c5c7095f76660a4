// One line on a ward's own site. It leaves no name behind there, asks for nothing before it is pressed, styles nothing but
// its own shadow, and believes a message only from the frame it made. LABELS is put in when it is served.
(() => {
  const script = document.currentScript;
  if (!script) return;
  const at = (path) => {
    const url = new URL(path, script.src);
    if (script.dataset.ward) url.searchParams.set("ward", script.dataset.ward);
    url.searchParams.set("lang", lang);
    return url;
  };
  const lang = /^en/i.test(script.dataset.lang || document.documentElement.lang) ? "en" : "vi";
  const words = LABELS[lang];
  const make = (name, more) => Object.assign(document.createElement(name), more);
  const start = () => {
    const host = make("div"), root = host.attachShadow({ mode: "open" });
    host.lang = lang;
    const css = `:host{all:initial}*{box-sizing:border-box;font:600 16px/1.3 system-ui,sans-serif}
.open{position:fixed;right:16px;bottom:16px;z-index:2147483000;border-radius:28px}
button,a{min-height:48px;min-width:48px;padding:12px 20px;border:2px solid #fff;background:#0b655e;color:#fff;cursor:pointer;text-decoration:none}
:focus-visible{outline:3px solid #1d4ed8;outline-offset:2px}
dialog{position:fixed;inset:auto 16px 16px auto;margin:0;padding:0;border:0;border-radius:12px;width:420px;height:min(680px,calc(100% - 32px));max-width:none;max-height:none;overflow:hidden;background:#fff;box-shadow:0 8px 40px #0006}
dialog[open]{display:flex;flex-direction:column}
dialog::backdrop{background:#0006}
.close{flex:none;border:0;align-self:stretch;text-align:right}
iframe{flex:1;width:100%;border:0}
@media(max-width:480px){dialog{inset:0;width:100%;height:100%;border-radius:0}}
@media print{.open{display:none}}`;
    if (root.adoptedStyleSheets) {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(css);
      root.adoptedStyleSheets = [sheet];
    } else root.append(make("style", { textContent: css }));
    document.body.append(host);
    if (!window.HTMLDialogElement) {
      return root.append(make("a", { className: "open", href: at("chat"), target: "_blank", rel: "noopener", textContent: words.open }));
    }
    const open = make("button", { type: "button", className: "open", textContent: words.open });
    const close = make("button", { type: "button", className: "close", textContent: `${words.close} ×` });
    const dialog = make("dialog"), frame = make("iframe", { title: words.title, allow: "geolocation" });
    open.setAttribute("aria-haspopup", "dialog");
    dialog.setAttribute("aria-label", words.title);
    dialog.append(close);
    root.append(open, dialog);
    open.onclick = () => {
      const isThere = !!frame.src;
      if (!isThere) {
        frame.src = at("embed/chat");
        dialog.append(frame);
      }
      dialog.showModal();
      if (isThere) frame.focus();
    };
    frame.onload = () => dialog.open && frame.focus(); // before, there is nothing in it that could have the focus
    close.onclick = () => dialog.close();
    dialog.onclose = () => open.focus();
    addEventListener("message", ({ source, origin, data }) => {
      if (source === frame.contentWindow && origin === at("").origin && data === "homthu:close") dialog.close();
    });
  };
  if (document.body) start();
  else addEventListener("DOMContentLoaded", start);
})();
