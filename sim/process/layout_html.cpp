#include <fmt/format.h>

#include "sim/process/layout.hpp"
#include "sim/result/text_table.hpp"

namespace mmu {
namespace {

constexpr std::size_t kColumns = 64, kMostRows = 64;

constexpr const char* kHead = R"(<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'">
<title>mmusim layout</title>
<style>
:root { color-scheme: light dark; --ink: #1b1f24; --paper: #ffffff; --faint: #57606a; --line: #d8dee4;
  --free: #eef1f4; --table: 35%; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6edf3; --paper: #0d1117; --faint: #9da7b3; --line: #30363d; --free: #1c232c; --table: 75%; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1rem; max-width: 80rem; color: var(--ink); background: var(--paper);
  font: 1rem/1.4 system-ui, "DejaVu Sans", sans-serif; }
h1 { margin: 0; font-size: 1.5rem; overflow-wrap: anywhere; }
h2 { margin: 1.5rem 0 .5rem; font-size: 1.1rem; }
p { color: var(--faint); margin: .25rem 0; }
.sides { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(24rem, 100%), 1fr)); gap: 0 2rem; }
.sides > * { min-width: 0; }
@media (min-width: 54rem) { .sides > :last-child { position: sticky; top: 0; align-self: start; } }
ol { list-style: none; margin: 0; padding: 0; font-size: .9rem; font-variant-numeric: tabular-nums; }
li { padding: .2rem .5rem; margin: 1px 0; overflow-wrap: anywhere; }
li.area { border-left: .8rem solid var(--c); background: var(--free); cursor: pointer; }
li.gap, .gap { color: var(--faint); border-left: .8rem dotted var(--line); padding: .2rem .5rem; font-size: .85rem; }
li b { margin-right: .5rem; }
.bar { height: .3rem; background: var(--line); } .bar i { display: block; height: 100%; background: var(--c); }
.row { display: flex; gap: .5rem; align-items: center; margin: 1px 0; }
code { font-size: .75rem; min-width: 6.5rem; text-align: right; }
svg { flex: 1; min-width: 0; height: .7rem; background: var(--free); cursor: pointer; }
rect { fill: var(--c); }
.chosen rect, .chosen li.area { opacity: .15; }
.chosen rect.on, .chosen li.area.on { opacity: 1; }
table { border-collapse: collapse; font-size: .9rem; font-variant-numeric: tabular-nums; }
td, th { padding: .15rem .6rem; text-align: right; border-bottom: 1px solid var(--line); }
td:first-child, th:first-child { text-align: left; overflow-wrap: anywhere; }
.swatch { display: inline-block; width: .8rem; height: .8rem; margin-right: .4rem; background: var(--c); }
:focus-visible { outline: 2px solid var(--ink); }
@media print { section { break-inside: avoid; } }
)";

constexpr const char* kScript = R"(
const choose = owner => {
  const same = owner === null || document.body.dataset.owner === owner;
  document.body.dataset.owner = same ? "" : owner;
  document.body.classList.toggle("chosen", !same);
  for (const part of document.querySelectorAll("[data-owner]")) {
    if (part !== document.body) part.classList.toggle("on", !same && part.dataset.owner === owner);
  }
};
document.addEventListener("click", event => {
  const part = event.target.closest("[data-owner]");
  choose(part && part !== document.body ? part.dataset.owner : null);
});
document.addEventListener("keydown", event => {
  const part = event.target.closest("li.area");
  if (part && (event.key === "Enter" || event.key === " ")) { choose(part.dataset.owner); event.preventDefault(); }
});
)";

std::string escaped(const std::string& text) {
  std::string safe;
  for (const char c : text) {
    switch (c) {
      case '<':
        safe += "&lt;";
        break;
      case '>':
        safe += "&gt;";
        break;
      case '&':
        safe += "&amp;";
        break;
      case '"':
        safe += "&quot;";
        break;
      default:
        safe += c;
    }
  }
  return safe;
}

/// Neighbouring owners get hues far apart (the golden angle); page tables are grey.
std::string colours(const Layout& layout) {
  std::string css = ".o0 { --c: var(--free); }\n";
  for (std::size_t i = 1; i < layout.owners.size(); ++i) {
    const char letter = layout.owners[i].letter;
    if (letter >= '0' && letter <= '9') {
      css +=
          fmt::format(".o{} {{ --c: hsl(210 {}% var(--table)); }}\n", i, 8 + 18 * (letter - '0'));
    } else {
      css += fmt::format(".o{} {{ --c: hsl({} 65% 55%); }}\n", i, i * 137 % 360);
    }
  }
  return css;
}

std::string space_item(const SpaceRow& row) {
  if (row.areas == 0) {
    return fmt::format("<li class=\"gap\">{} not mapped</li>\n", bytes_text(row.range.bytes()));
  }
  const double share =
      100.0 * static_cast<double>(row.resident_bytes) / static_cast<double>(row.mapped_bytes);
  return fmt::format(
      "<li class=\"area o{0}\" data-owner=\"{0}\" tabindex=\"0\"><b>{1}</b>{2:#x} to {3:#x} {4}, "
      "{5}, "
      "<span class=\"resident\">{6}</span> in memory<div class=\"bar\"><i style=\"width: "
      "{7:.1f}%\"></i></div></li>\n",
      row.owner, escaped(row.name), row.range.start, row.range.end, row.rights,
      bytes_text(row.mapped_bytes), bytes_text(row.resident_bytes), std::min(share, 100.0));
}

/// Cells of one owner next to each other are one rectangle.
std::string frame_row(const Layout& layout, const FrameCells::Row& row) {
  if (row.owners.empty()) {
    return fmt::format("<div class=\"gap\">{} free</div>\n", bytes_text(row.free_bytes));
  }
  std::string html = fmt::format(
      "<div class=\"row\"><code>{:#x}</code><svg viewBox=\"0 0 {} 1\" "
      "preserveAspectRatio=\"none\">",
      row.start, kColumns);
  for (std::size_t i = 0, end = 0; i < row.owners.size(); i = end) {
    for (end = i; end < row.owners.size() && row.owners[end] == row.owners[i];) ++end;
    if (row.owners[i] == Layout::kFree) continue;
    html += fmt::format(
        "<rect class=\"o{0}\" data-owner=\"{0}\" x=\"{1}\" width=\"{2}\" "
        "height=\"1\"><title>{3}</title></rect>",
        row.owners[i], i, end - i, escaped(layout.owners[row.owners[i]].name));
  }
  return html + "</svg></div>\n";
}

std::string legend(const Layout& layout) {
  std::string html =
      "<table id=\"legend\"><tr><th>Frames of</th><th>frames</th><th>size</th></tr>\n";
  for (std::size_t i = 0; i < layout.owners.size(); ++i) {
    const FrameOwner& owner = layout.owners[i];
    if (owner.frames == 0) continue;
    html += fmt::format(
        "<tr><td><span class=\"swatch o{}\"></span>{}</td><td>{}</td><td>{}</td></tr>\n", i,
        escaped(owner.name), grouped(owner.frames), bytes_text(owner.frames * layout.page_bytes));
  }
  return html + "</table>\n";
}

}  // namespace

std::string layout_html(const Layout& layout, const std::string& title) {
  const FrameCells cells = frame_cells(layout, kColumns, kMostRows);
  std::string html =
      kHead + colours(layout) + "</style>\n</head>\n<body>\n<h1>" + escaped(title) +
      "</h1>\n<p>Lowest addresses first. Not to scale: what nobody has is one line. A "
      "click shows whose frames lie where.</p>\n<main>\n<div class=\"sides\">\n"
      "<section><h2>Address space</h2>\n<p>The bar: how much is in memory.</p>\n"
      "<ol id=\"space\">\n";
  for (const SpaceRow& row : layout.space) html += space_item(row);
  html += "</ol></section>\n<section><h2>Physical memory</h2>\n<p>A cell is " +
          bytes_text(cells.cell_bytes) +
          ", in the colour of whoever has the most of it.</p>\n<div id=\"frames\">\n";
  for (const FrameCells::Row& row : cells.rows) html += frame_row(layout, row);
  html += "</div></section>\n</div>\n<section><h2>Who owns how many frames</h2>\n" +
          legend(layout) + "</section>\n</main>\n<script>" + kScript +
          "</script>\n</body>\n</html>\n";
  return html;
}

}  // namespace mmu
