#include "sim/report/embedded.hpp"

// The assembler reads a file as it is; a string of this length is more than compilers must take.
#define MMU_EMBED(name, file)                                                    \
  __asm__(".section .rodata\n.global mmu_" #name "_begin\nmmu_" #name            \
          "_begin:\n.incbin \"" MMU_SOURCE_DIR "/" file "\"\n.global mmu_" #name \
          "_end\nmmu_" #name "_end:\n.byte 0\n.previous\n");                     \
  extern "C" const char mmu_##name##_begin[];                                    \
  extern "C" const char mmu_##name##_end[]

MMU_EMBED(page_html, "sim/report/page.html");
MMU_EMBED(page_css, "sim/report/page.css");
MMU_EMBED(page_js, "sim/report/page.js");
MMU_EMBED(echarts, "third_party/echarts/echarts-report.min.js");

namespace mmu::embedded {
namespace {

std::string_view between(const char* begin, const char* end) {
  return {begin, static_cast<std::size_t>(end - begin)};
}

}  // namespace

std::string_view page_html() { return between(mmu_page_html_begin, mmu_page_html_end); }
std::string_view page_css() { return between(mmu_page_css_begin, mmu_page_css_end); }
std::string_view page_js() { return between(mmu_page_js_begin, mmu_page_js_end); }
std::string_view echarts() { return between(mmu_echarts_begin, mmu_echarts_end); }

}  // namespace mmu::embedded
