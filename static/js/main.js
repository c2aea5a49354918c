// Comforts only: every page works without this file.

// Ask before what is hard to undo.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-confirm]");
  if (button && !window.confirm(button.dataset.confirm)) event.preventDefault();
});

// Two taps on a slow network are one sending. It opens again after a while, for answers that are files.
const REOPEN_AFTER_MS = 8000;
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || event.defaultPrevented) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  setTimeout(() => delete form.dataset.sent, REOPEN_AFTER_MS);
});
// Going back shows the page as it was kept, with the form still closed.
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});

// Buttons that only work with this file are hidden until it runs.
for (const button of document.querySelectorAll("[data-copy]")) {
  if (!navigator.clipboard) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(button.dataset.copy);
    const label = button.textContent;
    if (label === button.dataset.done) return;
    button.textContent = button.dataset.done;
    setTimeout(() => (button.textContent = label), 2000);
  });
}
for (const button of document.querySelectorAll("[data-reveal]")) {
  const input = document.getElementById(button.dataset.reveal);
  button.hidden = false;
  button.addEventListener("click", () => {
    const shown = input.type === "text";
    input.type = shown ? "password" : "text";
    [button.textContent, button.dataset.other] = [button.dataset.other, button.textContent];
  });
}

// An open menu closes on Escape or on a tap elsewhere.
const closeMenus = (keep) => {
  for (const menu of document.querySelectorAll(".account[open], .menu__fold[open]")) {
    if (!keep || !menu.contains(keep)) menu.open = false;
  }
};
document.addEventListener("click", (event) => closeMenus(event.target));
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") closeMenus(null);
});

// A job that goes on: its progress is fetched every other second, and the page anew once it is over.
const LOOK_AGAIN_MS = 2000;
const lookAgain = async (shown) => {
  try {
    const answer = await fetch(location.href);
    if (answer.redirected) return location.replace(answer.url);
    if (answer.ok) {
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.getElementById(shown.id);
      if (!fresh?.hasAttribute("data-live")) return location.reload();
      shown.replaceWith(fresh);
      shown = fresh;
    }
  } catch {
    // No network just now: what is shown stays, and is looked at again.
  }
  setTimeout(lookAgain, LOOK_AGAIN_MS, shown);
};
for (const shown of document.querySelectorAll("[data-live]")) setTimeout(lookAgain, LOOK_AGAIN_MS, shown);

// A refused form starts where its faults are listed.
document.querySelector("[data-focus]")?.focus();
