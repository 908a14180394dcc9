// mmusim._core: what the Python package does without starting the command.
#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <cstdint>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "hw/arch/errors.hpp"
#include "sim/command/command_line.hpp"
#include "sim/command/exit_status.hpp"
#include "sim/presets/knob_table.hpp"
#include "sim/presets/presets.hpp"
#include "sim/presets/resolve_machine.hpp"
#include "sim/python/core/watched_run.hpp"
#include "sim/result/attribution_report.hpp"
#include "sim/result/intervals.hpp"
#include "sim/result/walk_latency.hpp"

// The kernel's library refers to it, also where nothing calls it.
__attribute__((visibility("default"))) int sc_main(int /*argc*/, char* /*argv*/[]) { return 0; }

namespace mmu::python {
namespace {

namespace py = pybind11;

template <class T>
using Array = py::array_t<T, py::array::c_style>;

/// Requires arrays of one length, and kinds below 4: mmusim/traces.py sees to it.
traces::MemoryTrace make_trace(const Array<std::uint64_t>& addresses,
                               const Array<std::uint8_t>& kinds, const Array<std::uint16_t>& bytes,
                               const Array<std::uint16_t>& instructions,
                               const Array<std::uint16_t>& depends_on, const std::string& name) {
  std::vector<TraceRecord> records(static_cast<std::size_t>(addresses.size()));
  for (std::size_t i = 0; i < records.size(); ++i) {
    const auto at = static_cast<py::ssize_t>(i);
    TraceRecord& record = records[i];
    record.address = addresses.at(at);
    record.kind = static_cast<AccessKind>(kinds.at(at));
    record.bytes = bytes.at(at);
    record.instructions = instructions.at(at);
    record.depends_on = depends_on.at(at);
  }
  return traces::MemoryTrace(std::move(records), name);
}

/// Words of a command line, "run" first. What the command says of a mistake is the error's text.
RunCommand parse_run(const std::vector<std::string>& words) {
  std::vector<const char*> argv{"mmusim"};
  for (const std::string& word : words) argv.push_back(word.c_str());
  std::ostringstream out, err;
  const ParsedCommandLine parsed =
      parse_command_line(static_cast<int>(argv.size()), argv.data(), out, err);
  if (parsed.command) return std::get<RunCommand>(*parsed.command);
  std::string text = parsed.exit_status == kExitDone ? out.str() : err.str();
  text.erase(text.find_last_not_of('\n') + 1);
  throw ConfigError(text);
}

py::dict run(const std::vector<std::string>& words, const traces::MemoryTrace* trace,
             const py::object& progress) {
  const WatchedRun watched = run_watched(parse_run(words), trace, progress);
  const EndedRun& done = watched.run;
  const RunResult& result = done.result;
  py::dict files;
  files["result.json"] = done.json.dump(1) + "\n";
  files["attribution.json"] = attribution_json(done.subject, result.attribution).dump(1) + "\n";
  files["intervals.csv"] = intervals_csv(result.intervals);
  files["walk_latency.csv"] = walk_latency_csv(result.walker_detail.latency);
  py::dict answer;
  answer["files"] = files;
  answer["summary"] = done.summary;
  answer["status"] = exit_status(result.outcome);
  answer["message"] = result.message;
  answer["interrupted"] = watched.interrupted;
  return answer;
}

std::string machine(const std::string& name, const std::vector<std::string>& overrides) {
  return machine_json(resolve_machine(name, overrides)).dump();
}

std::vector<std::string> preset_list() {
  std::vector<std::string> names;
  for (const Preset& preset : presets()) names.emplace_back(preset.name);
  return names;
}

py::list knob_rows() {
  const MachineParams defaults = resolve_machine_text("", "an empty machine file", {});
  py::list rows;
  for (const Knob& knob : knobs()) {
    py::dict row;
    row["path"] = knob.path;
    row["unit"] = knob.unit;
    row["allowed"] = allowed_values(knob);
    row["default"] = knob.get(defaults);
    row["text"] = knob.doc;
    rows.append(row);
  }
  return rows;
}

/// Errors of the model become those of mmusim/errors.py; others stay what pybind11 makes of them.
void translate(std::exception_ptr error) {
  const auto raise = [](const char* kind, const std::exception& what) {
    const py::object type = py::module_::import("mmusim.errors").attr(kind);
    PyErr_SetString(type.ptr(), what.what());
  };
  try {
    std::rethrow_exception(std::move(error));
  } catch (const ConfigError& what) {
    raise("ConfigError", what);
  } catch (const InputError& what) {
    raise("InputError", what);
  } catch (const SimulatedError& what) {
    raise("SimulatedError", what);
  } catch (const ModelError& what) {
    raise("ModelError", what);
  }
}

}  // namespace
}  // namespace mmu::python

PYBIND11_MODULE(_core, module) {
  using namespace mmu::python;
  namespace py = pybind11;
  module.doc() = "The model itself; used through mmusim.";
  py::register_exception_translator(translate);
  py::class_<mmu::traces::MemoryTrace>(module, "MemoryTrace")
      .def(py::init(&make_trace))
      .def_property_readonly(
          "records", [](const mmu::traces::MemoryTrace& trace) { return trace.header().records; });
  module.def("run", &run);
  module.def("machine", &machine);
  module.def("presets", &preset_list);
  module.def("knobs", &knob_rows);
}
