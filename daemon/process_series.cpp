#include "daemon/process_series.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <vector>

#include <sys/resource.h>
#include <unistd.h>

#include <prometheus/counter.h>

namespace reachd {
namespace {

prometheus::Gauge& gauge(prometheus::Registry& registry, const char* name, const char* help) {
  return prometheus::BuildGauge().Name(name).Help(help).Register(registry).Add({});
}

// Fields of /proc/self/stat from the third on: the second is the name, which may hold anything.
std::vector<double> stat_fields() {
  std::ifstream file("/proc/self/stat");
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  const std::size_t name_end = text.rfind(')');
  std::vector<double> fields;
  if (name_end == std::string::npos || name_end + 4 > text.size()) return fields;
  std::istringstream rest(text.substr(name_end + 4));  // past ") S "
  fields.push_back(0);                                 // the state, a letter
  for (double value = 0; rest >> value;) fields.push_back(value);
  return fields;
}

double boot_time() {
  std::ifstream file("/proc/stat");
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("btime ")) return std::stod(line.substr(6));
  }
  return 0;
}

double open_descriptors() {
  std::error_code error;
  const auto entries = std::filesystem::directory_iterator("/proc/self/fd", error);
  return error ? 0 : static_cast<double>(std::distance(begin(entries), end(entries)));
}

}  // namespace

ProcessSeries::ProcessSeries(prometheus::Registry& registry)
    : cpu_(prometheus::BuildCounter()
               .Name("process_cpu_seconds_total")
               .Help("User and system time used.")
               .Register(registry)
               .Add({})),
      resident_(gauge(registry, "process_resident_memory_bytes", "Resident memory.")),
      virtual_(gauge(registry, "process_virtual_memory_bytes", "Virtual memory.")),
      open_(gauge(registry, "process_open_fds", "Open descriptors.")),
      most_(gauge(registry, "process_max_fds", "The most descriptors that may be open.")),
      start_(gauge(registry, "process_start_time_seconds", "When the process began.")) {}

void ProcessSeries::refresh() {
  const auto fields = stat_fields();  // index 0 is field 3 of proc(5)
  if (fields.size() > 21) {
    const auto ticks = static_cast<double>(::sysconf(_SC_CLK_TCK));
    const double used = (fields[11] + fields[12]) / ticks;
    if (used > cpu_.Value()) cpu_.Increment(used - cpu_.Value());
    start_.Set(boot_time() + fields[19] / ticks);
    virtual_.Set(fields[20]);
    resident_.Set(fields[21] * static_cast<double>(::sysconf(_SC_PAGESIZE)));
  }
  open_.Set(open_descriptors());
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) == 0) most_.Set(static_cast<double>(limit.rlim_cur));
}

}  // namespace reachd
