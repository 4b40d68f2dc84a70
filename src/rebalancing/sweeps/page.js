// The search of a sweep's page: words, all of which a result's key, definition or chapter must have.
// Values of the grid, such as CHN, choose the points that are shown.
"use strict";
(function () {
  const { axes, points, results } = JSON.parse(document.getElementById("data").textContent);
  const form = document.getElementById("search"), said = document.getElementById("said");
  const MOST = 20;
  for (const result of results) result.words = `${result.key} ${result.says} ${result.chapter}`.toLowerCase();
  // What a point is found by: its values, and each of those that are lists.
  const values = points.map((point) => new Set(point.flatMap((value) => [value, ...value.split(/[^\p{L}\p{N}._-]+/u)])));
  const small = values.map((of) => new Set([...of].map((value) => value.toLowerCase())));

  const element = (name, text, classes) => {
    const made = document.createElement(name);
    made.textContent = text;
    if (classes) made.className = classes;
    return made;
  };

  // Return the places of a result that are meant. A word written as a value of the grid is that value
  // (AND is Andorra); another is in the result's own words, or a value in small letters.
  function at(result, words) {
    const meant = (place, word) =>
      values.some((of) => of.has(word))
        ? values[place].has(word)
        : result.words.includes(word.toLowerCase()) || small[place].has(word.toLowerCase());
    return Object.keys(result.at).filter((place) => words.every((word) => meant(place, word)));
  }

  function table(result, places) {
    const numbers = Object.values(result.at).every(([, number]) => number !== null);
    const rows = places.map((place) => {
      const [text, number, period] = result.at[place];
      return { place, text, number, period };
    });
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

  function shown({ result, places }) {
    const section = element("section", "", "result");
    const box = element("div", "", "table-scroll");
    box.tabIndex = 0;
    box.setAttribute("role", "region");
    box.setAttribute("aria-label", result.says);
    box.append(table(result, places));
    section.append(
      element("h2", result.says),
      element("p", `${result.key} · ${result.unit} · chapter ${result.chapter} · ${places.length} of ${points.length} points`, "figure-foot"),
      box,
    );
    return section;
  }

  function show() {
    const words = form.elements.q.value.split(/[\s,;]+/).filter(Boolean);
    const found = results
      .map((result) => ({ result, places: at(result, words) }))
      .filter(({ places }) => places.length);
    document.getElementById("results").replaceChildren(...found.slice(0, MOST).map(shown));
    const count = `${found.length} result${found.length === 1 ? "" : "s"}`;
    const more = found.length - MOST;
    said.textContent = !found.length
      ? "No result has these words; try fewer."
      : more > 0 ? `${count}; the first ${MOST} are shown, add a word to see the other ${more}:` : `${count}:`;
  }

  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", show);
  show();
})();
