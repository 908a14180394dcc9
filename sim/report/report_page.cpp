#include "sim/report/report_page.hpp"

#include "sim/report/embedded.hpp"
#include "sim/report/report_data.hpp"

namespace mmu {
namespace {

/// Puts `text` in the place of `mark`, which stands once in the page.
void put(std::string& page, const std::string& mark, std::string_view text) {
  page.replace(page.find(mark), mark.size(), text);
}

/// JSON inside of a script element: nothing in it may end the element.
std::string harmless(std::string json) {
  for (std::size_t at = json.find('<'); at != std::string::npos; at = json.find('<', at)) {
    json.replace(at, 1, "\\u003c");
  }
  return json;
}

}  // namespace

std::string report_page(const ComparisonSet& set) {
  std::string page(embedded::page_html());
  put(page, "@STYLE@", embedded::page_css());
  put(page, "@SCRIPT@", embedded::page_js());
  put(page, "@ECHARTS@", embedded::echarts());
  put(page, "@DATA@",
      harmless(report_data(set).dump(-1, ' ', false, Json::error_handler_t::replace)));
  return page;
}

}  // namespace mmu
