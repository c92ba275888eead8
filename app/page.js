/* What Streamlit has no way for: copying, the sidebar of a narrow page, keys. Runs once in a page. */

async function copy(button) {
  const text = button.dataset.copy || location.href;
  const label = button.textContent;
  try {
    await navigator.clipboard.writeText(text);
  } catch { /* not allowed, or no secure context */
    const box = document.createElement("textarea");
    box.value = text;
    button.after(box);
    box.select();
    document.execCommand("copy");
    box.remove();
  }
  button.textContent = "Copied";
  setTimeout(() => { button.textContent = label; }, 1500);
}

function clicked(event) {
  const chosen = ".st-key-pages a, .st-key-new button, .st-key-conversations button";
  if (innerWidth < 768 && event.target.closest?.(chosen)) {
    document.querySelector("[data-testid=stSidebarCollapseButton] button")?.click();
  }
  const button = event.target.closest?.(".innoqa-copy");
  if (button) copy(button);
}

function pressed(event) {
  const isTyping = event.target.closest?.("input, textarea, [contenteditable]");
  if (event.altKey && event.code === "KeyA") {
    const answer = [...document.querySelectorAll(".innoqa-reply")].at(-1);
    if (!answer) return;
    event.preventDefault();
    answer.focus({ preventScroll: true });
    answer.closest("[data-testid=stChatMessage]")?.previousElementSibling?.scrollIntoView();
  } else if (event.key === "/" && !isTyping) {
    const box = document.querySelector("[data-testid=stChatInputTextArea]");
    if (!box) return;
    event.preventDefault();
    box.focus();
  }
}

if (!window.innoqaListens) {
  window.innoqaListens = true;
  document.addEventListener("click", clicked);
  document.addEventListener("keydown", pressed);
}
