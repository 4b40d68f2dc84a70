// Light or dark, as chosen before or as the reader's system is. Loaded first and at once, so that a
// dark page does not flash white.
(function (root) {
  var dark = matchMedia("(prefers-color-scheme: dark)").matches, kept = null;
  try { kept = localStorage.getItem("theme"); } catch (error) { /* storage is switched off */ }
  root.dataset.theme = kept || (dark ? "dark" : "light");
})(document.documentElement);
