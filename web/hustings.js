// Makes two things live that work without it: a count while one types, and a part of a page that moves on.

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
