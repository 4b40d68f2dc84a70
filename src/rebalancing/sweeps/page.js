// The search of a sweep's page: words, all of which a result's key, definition or chapter must have.
"use strict";
(function () {
  const { axes, points, results } = JSON.parse(document.getElementById("data").textContent);
  const form = document.getElementById("search"), said = document.getElementById("said");
  const MOST = 20;
  for (const result of results) result.words = `${result.key} ${result.says} ${result.chapter}`.toLowerCase();

  const element = (name, text, classes) => {
    const made = document.createElement(name);
    made.textContent = text;
    if (classes) made.className = classes;
    return made;
  };

  function table(result) {
    const numbers = Object.values(result.at).every(([, number]) => number !== null);
    const rows = Object.entries(result.at).map(([place, [text, number, period]]) => ({ place, text, number, period }));
    if (form.elements.sorted.checked && numbers) rows.sort((a, b) => b.number - a.number);
    const head = element("tr", "");
    for (const axis of axes) head.append(Object.assign(element("th", axis), { scope: "col" }));
    head.append(Object.assign(element("th", "Result", numbers ? "number" : ""), { scope: "col" }));
    head.append(Object.assign(element("th", "Period"), { scope: "col" }));
    const body = element("tbody", "");
    for (const row of rows) {
      const line = element("tr", "");
      for (const value of points[row.place]) line.append(element("td", value));
      line.append(element("td", row.text, numbers ? "number" : ""), element("td", row.period));
      body.append(line);
    }
    const made = element("table", ""), top = element("thead", "");
    top.append(head);
    made.append(top, body);
    return made;
  }

  function shown(result) {
    const section = element("section", "", "result");
    const box = element("div", "", "table-scroll");
    const has = Object.keys(result.at).length;
    box.tabIndex = 0;
    box.setAttribute("role", "region");
    box.setAttribute("aria-label", result.says);
    box.append(table(result));
    section.append(
      element("h2", result.says),
      element("p", `${result.key} · ${result.unit} · chapter ${result.chapter} · ${has} of ${points.length} points`, "figure-foot"),
      box,
    );
    return section;
  }

  function show() {
    const words = form.elements.q.value.toLowerCase().split(/\s+/).filter(Boolean);
    const found = results.filter((result) => words.every((word) => result.words.includes(word)));
    document.getElementById("results").replaceChildren(...found.slice(0, MOST).map(shown));
    const count = `${found.length} result${found.length === 1 ? "" : "s"}`;
    said.textContent = !found.length
      ? "No result has these words; try fewer."
      : found.length > MOST ? `${count}; the first ${MOST}:` : `${count}:`;
  }

  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", show);
  show();
})();
