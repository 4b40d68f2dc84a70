// Light or dark, as chosen before or as the reader's system is. Loaded first and at once, so that a
// dark page does not flash white. The fonts of the first lines are asked for here, before the styles
// have come; the text waits for them a moment, so that no line is broken anew while it is read.
(function (root, script) {
  var dark = matchMedia("(prefers-color-scheme: dark)").matches, kept = null;
  try { kept = localStorage.getItem("theme"); } catch (error) { /* storage is switched off */ }
  root.dataset.theme = kept || (dark ? "dark" : "light");
  var show = function () { root.classList.remove("waits"); };
  root.classList.add("waits");
  setTimeout(show, 800);
  Promise.all([["Serif", "Regular", "400"], ["Sans", "Regular", "400"], ["Sans", "Semibold", "600"]].map(function (face) {
    var file = new URL("fonts/Source" + face[0] + "Pro-" + face[1] + ".woff2", script.src);
    var font = new FontFace("Source " + face[0] + " Pro", "url(" + JSON.stringify(file.href) + ")", { weight: face[2] });
    document.fonts.add(font);
    return font.load();
  })).then(show, show);
})(document.documentElement, document.currentScript);
