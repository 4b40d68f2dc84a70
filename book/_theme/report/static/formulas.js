// How MathJax sets formulas: those that the book marks, without a menu of its own.
window.MathJax = {
  options: { enableMenu: false, processHtmlClass: "tex2jax_process|mathjax_process|math|output_area" },
};
