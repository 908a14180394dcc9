// The files that the report page is put together from, as they are in the program.
#pragma once

#include <string_view>

namespace mmu::embedded {

std::string_view page_html();
std::string_view page_css();
std::string_view page_js();
std::string_view echarts();  ///< third_party/echarts

}  // namespace mmu::embedded
