#include <algorithm>
#include <charconv>
#include <new>

#include <boost/container/pmr/memory_resource.hpp>
#include <boost/json/monotonic_resource.hpp>
#include <boost/json/parser.hpp>

#include "probes/json_values.hpp"
#include "probes/measurement_json.hpp"
#include "probes/read_knowledge.hpp"
#include "probes/read_observation.hpp"
#include "probes/utc.hpp"

namespace reachd {
namespace json = boost::json;
namespace {

constexpr std::size_t kMostText = std::size_t{16} << 20U;
constexpr std::size_t kMostMemory = std::size_t{128} << 20U;
constexpr std::size_t kMostDepth = 32;

// The heap, as long as not too much of it is asked for: "[0,0,0…" takes twelve times its text.
class BoundedMemory final : public boost::container::pmr::memory_resource {
  void* do_allocate(std::size_t bytes, std::size_t) override {
    if (bytes > left_) throw std::bad_alloc();
    void* memory = ::operator new(bytes);
    left_ -= bytes;
    return memory;
  }
  void do_deallocate(void* memory, std::size_t bytes, std::size_t) override {
    ::operator delete(memory);
    left_ += bytes;
  }
  bool do_is_equal(const memory_resource& other) const noexcept override { return this == &other; }

  std::size_t left_ = kMostMemory;
};

VantageName vantage_of(const json::object& line, const json::object& ours) {
  VantageName vantage;
  vantage.name = text_of(ours, "vantage");
  const std::string country = text_of(line, "probe_cc");
  const bool named = country.size() == 2 && country != "ZZ" &&
                     std::ranges::all_of(country, [](char c) { return c >= 'A' && c <= 'Z'; });
  if (named) vantage.country = country;
  const std::string asn = text_of(line, "probe_asn");
  if (asn.starts_with("AS")) std::from_chars(asn.data() + 2, asn.data() + asn.size(), vantage.asn);
  return vantage;
}

Round round_of(const json::object& ours) {
  const std::string text = text_of(ours, "round");
  for (Round round : {Round::light, Round::confirm}) {
    if (text == to_string(round)) return round;
  }
  // OONI tries all addresses and several resolvers each time.
  return Round::deep;
}

Scheme scheme_of(const json::object& ours, const std::string& test, const std::string& url) {
  if (const auto named = parse_scheme(text_of(ours, "scheme"))) return *named;
  constexpr std::string_view kOurs = "reachd_";
  if (test.starts_with(kOurs)) {
    return parse_scheme(test.substr(kOurs.size())).value_or(Scheme::https);
  }
  return url.starts_with("http://") ? Scheme::http : Scheme::https;
}

std::chrono::system_clock::time_point began_of(const json::object& line, const json::object& ours) {
  constexpr std::int64_t kMost = 9'000'000'000'000'000;  // in 2255: what the clock's type can hold
  std::int64_t micros = integer_of<std::int64_t>(ours, "began_us");
  if (micros == 0) {
    const auto stamp = parse_utc(text_of(line, "measurement_start_time"));
    if (stamp) micros = Micros(stamp->time_since_epoch()).count();
  }
  return std::chrono::system_clock::time_point(Micros(std::clamp<std::int64_t>(micros, 0, kMost)));
}

boost::system::result<ReadMeasurement, std::string> measurement_of(const json::value& value) {
  const auto* line = value.if_object();
  if (line == nullptr || !line->contains("test_keys")) {
    return std::string("not a measurement: there is no test_keys");
  }
  const std::string test = text_of(*line, "test_name");
  if (test != "web_connectivity" && !test.starts_with("reachd_")) {
    return std::string(
        "not a test that is read here: test_name is neither web_connectivity nor reachd_*");
  }
  const json::object& keys = object_of(*line, "test_keys");
  const json::object& ours = object_of(keys, "x_reachd");

  Measurement measurement;
  measurement.vantage = vantage_of(*line, ours);
  measurement.service = text_of(ours, "service");
  measurement.target = text_of(ours, "target");
  measurement.url = text_of(*line, "input");
  measurement.scheme = scheme_of(ours, test, measurement.url);
  measurement.round = round_of(ours);
  measurement.began = began_of(*line, ours);
  measurement.runtime = time_of(*line, "test_runtime");
  Budget budget;
  measurement.observations = read_observations(keys, ours, budget);
  measurement.helper = read_helper(keys, budget);
  measurement.helper_failure = failure_of(keys, "control_failure");
  read_knowledge(ours, measurement, budget);
  if (budget.exceeded) return std::string("too long: more than 100000 elements of lists");
  return ReadMeasurement{std::move(measurement), text_of(*line, "measurement_uid")};
}

}  // namespace

boost::system::result<Measurement, std::string> parse_measurement(std::string_view line) {
  auto read = parse_line(line);
  if (!read) return read.error();
  return std::move(read->measurement);
}

boost::system::result<ReadMeasurement, std::string> parse_line(std::string_view line) {
  if (line.size() > kMostText) return std::string("too long: more than 16 MiB");
  try {
    BoundedMemory heap;
    json::monotonic_resource values(1024, &heap);
    json::parse_options options;
    options.max_depth = kMostDepth;
    json::parser parser(&heap, options);
    parser.reset(&values);
    json::error_code error;
    parser.write(line, error);
    if (error) return "not JSON: " + error.message();
    return measurement_of(parser.release());
  } catch (const std::bad_alloc&) {
    return std::string("too long: its values need more than 128 MiB");
  }
}

}  // namespace reachd
