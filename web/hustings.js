// Makes live what works without it: a count while one types, a part of a page that moves on. A passkey alone needs it.

const wait = 250;

function parse(text) {
  return new DOMParser().parseFromString(text, "text/html");
}

// <form data-live="/path" data-live-into="id">: the answer of GET /path?fields replaces what is in #id.
function live(form) {
  const target = document.getElementById(form.dataset.liveInto);
  let timer;
  let latest;
  async function count() {
    latest?.abort();
    latest = new AbortController();
    const query = new URLSearchParams(new FormData(form));
    target.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(`${form.dataset.live}?${query}`, {
        signal: latest.signal,
        headers: { accept: "text/html" },
      });
      if (answer.ok && !answer.redirected) {
        target.replaceChildren(...parse(await answer.text()).body.childNodes);
      }
      target.removeAttribute("aria-busy");
    } catch (error) {
      // A newer question took its place, or the line is down: the button still works.
      if (error.name !== "AbortError") target.removeAttribute("aria-busy");
    }
  }
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(count, wait);
  });
}

// <section id="x" data-refresh-seconds="10">: is read again from the same page, unless somebody is in it.
function refresh(part) {
  const id = part.id;
  setInterval(async () => {
    const here = document.getElementById(id);
    if (!here || document.hidden || here.contains(document.activeElement)) return;
    if (here.querySelector("details[open]")) return;
    try {
      const answer = await fetch(location.href, { headers: { accept: "text/html" } });
      const fresh = answer.ok && !answer.redirected && parse(await answer.text()).getElementById(id);
      if (fresh) here.replaceWith(fresh);
    } catch {
      // The line is down: what is shown stays, with its "as of".
    }
  }, Number(part.dataset.refreshSeconds) * 1000);
}

document.querySelectorAll("form[data-live]").forEach(live);
document.querySelectorAll("[data-refresh-seconds][id]").forEach(refresh);

// <form data-passkey="get">: the browser's passkey signs data-challenge, and the form takes its answer along.
const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (one) => one.charCodeAt(0));
const text = (buffer) => {
  const plain = btoa(String.fromCharCode(...new Uint8Array(buffer)));
  return plain.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
};

function passkey(form) {
  const { challenge, site, credentials, user, userName, owner } = form.dataset;
  const known = credentials.split(" ").filter(Boolean).map((id) => ({ type: "public-key", id: bytes(id) }));
  const said = form.querySelector("[role=status]");
  async function make() {
    return navigator.credentials.create({
      publicKey: {
        challenge: bytes(challenge),
        rp: { id: site, name: owner },
        user: { id: bytes(user), name: userName, displayName: userName },
        pubKeyCredParams: [{ type: "public-key", alg: -7 }, { type: "public-key", alg: -8 }],
        excludeCredentials: known,
        authenticatorSelection: { userVerification: "required", residentKey: "preferred" },
        attestation: "none",
      },
    });
  }
  async function sign() {
    return navigator.credentials.get({
      publicKey: { challenge: bytes(challenge), rpId: site, allowCredentials: known, userVerification: "required" },
    });
  }
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      const made = await (form.dataset.passkey === "create" ? make() : sign());
      const { clientDataJSON, authenticatorData, signature, attestationObject } = made.response;
      form.elements.credential.value = text(made.rawId);
      form.elements.client_data.value = text(clientDataJSON);
      if (attestationObject) form.elements.attestation.value = text(attestationObject);
      else {
        form.elements.authenticator_data.value = text(authenticatorData);
        form.elements.signature.value = text(signature);
      }
      form.submit();
    } catch (error) {
      said.textContent = `Nothing was signed: ${error.message}`;
    }
  });
}

document.querySelectorAll("form[data-passkey]").forEach(passkey);
