// Does the little work that a page asks for while very many write at once: nobody notices it once, a flood does.
// Finds the number that, behind the page's question, gives a SHA-256 which begins with so many zero bits.
const prove = async (proof) => {
  const bits = Number(proof.split(".")[1]), encoder = new TextEncoder();
  for (let answer = 0; ; answer++) {
    const hash = await crypto.subtle.digest("SHA-256", encoder.encode(`${proof}.${answer}`));
    if (new DataView(hash).getUint32(0) >>> (32 - bits) === 0) return String(answer);
  }
};
window.prove = prove;
for (const field of document.querySelectorAll("[data-prove]")) {
  prove(field.value).then((answer) => { field.form.elements.answer.value = answer; }, () => { /* not over https: waiting does */ });
}
