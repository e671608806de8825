// A browser makes and uses passkeys by this alone. The form asks its question (as JSON), and sends what the key answers.
for (const form of document.querySelectorAll("form[data-passkey]")) {
  const from = { create: "parseCreationOptionsFromJSON", get: "parseRequestOptionsFromJSON" }[form.dataset.passkey];
  if (!window.PublicKeyCredential?.[from]) continue; // an old browser: the other ways stand on the page
  form.hidden = false;
  const fault = form.querySelector("[data-fault]");
  let asking = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (asking) return;
    asking = true;
    fault.hidden = true;
    try {
      const publicKey = PublicKeyCredential[from](JSON.parse(form.dataset.question));
      const key = await navigator.credentials[form.dataset.passkey]({ publicKey });
      form.elements.credential.value = JSON.stringify(key.toJSON());
      form.submit(); // past this listener
    } catch {
      fault.hidden = false; // refused, or nothing touched in time
    }
    asking = false;
  });
}
