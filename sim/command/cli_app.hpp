// CLI11's application, for those who only pass it on.
#pragma once

namespace CLI {  // NOLINT(readability-identifier-naming): theirs
class App;
}  // namespace CLI
