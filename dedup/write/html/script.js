"use strict";
// Only shows, hides and moves: without it everything is there and can be read.
(() => {
  const cards = [...document.querySelectorAll("article[id]")];
  const tools = document.getElementById("tools");
  const status = document.getElementById("status");
  const spelling = document.getElementById("spelling");
  const aside = document.getElementById("aside");
  const least = document.getElementById("least");
  const shown = () => cards.filter((card) => !card.hidden);

  const choose = () => {
    for (const card of cards) {
      card.hidden = (!spelling.checked && card.dataset.spelling === "1") || Number(card.dataset.words) < Number(least.value);
    }
    for (const section of document.querySelectorAll("section.aside")) section.hidden = !aside.checked;
    status.textContent = status.dataset.shown.replace("{n}", shown().length).replace("{all}", cards.length);
  };

  const move = (step) => {
    const all = shown();
    const here = all.indexOf(document.activeElement.closest("article[id]"));
    const card = all[here < 0 ? (step > 0 ? 0 : all.length - 1) : here + step];
    if (!card) return;
    card.focus();
    card.scrollIntoView({ block: "start" });
  };

  const copy = async () => {
    const card = document.activeElement.closest("article[id]");
    if (!card) return;
    const link = new URL("#" + card.id, location.href).href;
    try {
      await navigator.clipboard.writeText(link);
      status.textContent = status.dataset.copied;
    } catch {
      location.hash = card.id;
    }
  };

  const keys = { j: () => move(1), k: () => move(-1), c: copy };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input")) return;
    // event.code: with an Arabic keyboard the key J writes another letter.
    const act = keys[event.key.toLowerCase()] || keys[event.code.replace("Key", "").toLowerCase()];
    if (act) {
      event.preventDefault();
      act();
    }
  });
  for (const input of [spelling, aside, least]) input.addEventListener("input", choose);
  tools.hidden = false;
})();
