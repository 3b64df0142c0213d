#include <algorithm>
#include <iterator>
#include <ostream>

#include <boost/json/serialize.hpp>

#include "daemon/commands.hpp"
#include "daemon/line_reader.hpp"
#include "daemon/setup.hpp"
#include "probes/json_values.hpp"
#include "probes/judge/classic.hpp"
#include "probes/judge/judge.hpp"
#include "probes/measurement_json.hpp"
#include "probes/print.hpp"

namespace reachd {
namespace json = boost::json;
namespace {

json::object line_of(const Measurement& measurement, const std::string& uid, std::size_t line,
                     const Verdict& verdict, const Classic& classic) {
  return {
      {"input", text_value(measurement.url)},
      {"measurement_uid", uid.empty() ? json::value(nullptr) : text_value(uid)},
      {"line", line},
      {"verdict",
       {{"status", to_string(verdict.status)},
        {"kinds", json::array(verdict.kinds.begin(), verdict.kinds.end())},
        {"locus", to_string(verdict.locus)},
        {"rule", verdict.rule},
        {"rules_version", verdict.rules_version}}},
      {"classic",
       {{"blocking", blocking_value(classic)}, {"accessible", flag_value(classic.accessible)}}}};
}

std::string sentence_of(const Measurement& measurement, const Verdict& verdict,
                        const Classic& classic) {
  std::string text = std::string(to_string(verdict.status));
  text.resize(std::max<std::size_t>(text.size(), 14), ' ');
  text += "  " + escape_for_people(measurement.url, 100) + "  " + verdict.rule;
  for (const std::string& kind : verdict.kinds) text += "  " + kind;
  text += "  (OONI: blocking " + json::serialize(blocking_value(classic)) + ", accessible " +
          json::serialize(flag_value(classic.accessible)) + ")";
  return text;
}

// One run over all files.
class Bench {
 public:
  Bench(const JudgeOptions& options, std::vector<Fingerprints> sets, std::ostream& out,
        std::ostream& err)
      : options_(options), sets_(std::move(sets)), out_(out), err_(err) {}

  // Whether the file could be read.
  bool judge_file(const std::string& file) {
    auto source = open_source(file);
    if (!source) return complain(file, source.error());
    LineReader lines(std::move(*source));
    for (std::size_t number = 1;; ++number) {
      std::string_view line;
      const auto got = lines.next(line);
      if (!got) return complain(file, got.error());
      if (!*got) return true;
      if (line.find_first_not_of(" \t\r") == std::string_view::npos) continue;
      auto read = parse_line(line);
      if (!read && number == 1) {
        // One object over many lines.
        std::string_view text;
        const auto whole = lines.rest(text);
        if (!whole) return complain(file, whole.error());
        if (auto once_more = *whole ? parse_line(text) : read) {
          tell(*once_more, number);
          return true;
        }
      }
      if (read) {
        tell(*read, number);
      } else {
        err_ << "reachd: " << escape_for_people(file) << ":" << number << ": "
             << escape_for_people(read.error(), 200) << '\n';
      }
    }
  }

 private:
  bool complain(const std::string& file, const std::string& why) {
    err_ << "reachd: " << escape_for_people(file) << ": " << escape_for_people(why, 200) << '\n';
    return false;
  }

  void tell(ReadMeasurement& read, std::size_t number) {
    Measurement& measurement = read.measurement;
    for (FingerprintMatch& match : find_all(sets_, measurement)) {
      measurement.fingerprints.push_back(std::move(match));
    }
    const Verdict verdict = judge(measurement);
    const Classic classic = judge_classically(measurement);
    if (options_.json) {
      out_ << json::serialize(line_of(measurement, read.uid, number, verdict, classic)) << '\n';
    } else {
      out_ << sentence_of(measurement, verdict, classic) << '\n';
    }
  }

  const JudgeOptions& options_;
  const std::vector<Fingerprints> sets_;
  std::ostream& out_;
  std::ostream& err_;
};

}  // namespace

int judge_files(const JudgeOptions& options, std::ostream& out, std::ostream& err) {
  std::vector<Fingerprints> sets;
  for (const std::string& file : options.fingerprints) {
    auto loaded = load_fingerprints(file, "--fingerprints");
    if (!loaded) {
      err << "reachd: " << escape_for_people(to_string(loaded.error()), 400) << '\n';
      return kExitUsage;
    }
    sets.push_back(std::move(*loaded));
  }
  Bench bench(options, std::move(sets), out, err);
  bool readable = true;
  const std::vector<std::string> standard_input{"-"};
  for (const std::string& file : options.files.empty() ? standard_input : options.files) {
    readable = bench.judge_file(file) && readable;
  }
  out.flush();
  return readable ? kExitOk : kExitUsage;
}

}  // namespace reachd
