const dark = matchMedia("(prefers-color-scheme: dark)");
const narrow = matchMedia("(max-width: 36rem)");
const printed = matchMedia("print");
function fit(spec, room) {
  const panels = spec.hconcat, grid = spec.concat;
  if (grid) {
    const columns = narrow.matches ? 1 : Math.min(3, grid.length), width = Math.min(room / columns - 75, 320);
    return { ...spec, columns, concat: grid.map(panel => ({ ...panel, width: Math.max(width, 120) })) };
  }
  if (!panels) return { ...spec, width: Math.max(room - 90, 160) };
  if (!narrow.matches) return { ...spec, hconcat: panels.map(panel => ({ ...panel, width: Math.max(room / panels.length - 45, 120) })) };
  const { hconcat, ...rest } = spec;
  return { ...rest, vconcat: panels.map(panel => ({ ...panel, width: Math.max(room - 75, 160), height: 170 })) };
}
async function draw() {
  const night = dark.matches && !printed.matches;
  const ink = night ? "#d8d3cb" : "#3a3733", faint = night ? "#8a857d" : "#b5afa6";
  const axis = { labelColor: ink, titleColor: ink, domainColor: faint, tickColor: faint, gridColor: faint };
  const legend = { labelColor: ink, titleColor: ink };
  for (const [name, spec] of Object.entries(specs)) {
    let text = JSON.stringify(spec);
    if (night) text = text.replaceAll("#c2410c", "#f08a5d").replaceAll("#2563a8", "#7db3ea");
    const copy = fit(JSON.parse(text), document.getElementById(name).parentElement.clientWidth);
    copy.config = { ...copy.config, axis: { ...copy.config.axis, ...axis }, legend: { ...copy.config.legend, ...legend }, title: { ...copy.config.title, color: ink } };
    await vegaEmbed("#" + name, copy, { renderer: "svg", actions: false });
  }
  document.documentElement.dataset.drawn = "yes";
}
for (const query of [dark, narrow, printed]) query.addEventListener("change", draw);
document.fonts.ready.then(draw);
