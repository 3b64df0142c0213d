#include <algorithm>
#include <iterator>
#include <ostream>

#include <boost/json/serialize.hpp>

#include "daemon/commands.hpp"
#include "daemon/line_reader.hpp"
#include "daemon/replay.hpp"
#include "daemon/setup.hpp"
#include "probes/json_values.hpp"
#include "probes/judge/classic.hpp"
#include "probes/judge/judge.hpp"
#include "probes/measurement_json.hpp"
#include "probes/print.hpp"
#include "probes/utc.hpp"

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

json::value time_value(WallTime time) {
  return time == WallTime{} ? json::value(nullptr) : json::value(utc_text(time));
}

json::object line_of(const SeriesChange& told) {
  const Change& change = told.change;
  return {{"series", text_value(to_string(told.series))},
          {"time", utc_text(change.confirmed)},
          {"from", to_string(change.from.status)},
          {"to", to_string(change.to.status)},
          {"kinds", json::array(change.to.kinds.begin(), change.to.kinds.end())},
          {"onset",
           {{"after", time_value(change.onset.after)}, {"before", utc_text(change.onset.before)}}},
          {"flapping", change.flapping}};
}

std::string sentence_of(const SeriesChange& told) {
  const Change& change = told.change;
  std::string text =
      utc_text(change.confirmed) + "  " + escape_for_people(to_string(told.series), 120) + "  " +
      std::string(to_string(change.from.status)) + " → " + std::string(to_string(change.to.status));
  for (const std::string& kind : change.to.kinds) text += "  " + kind;
  text += "  (began ";
  text += change.onset.after == WallTime{}
              ? "before " + utc_text(change.onset.before)
              : "after " + utc_text(change.onset.after) + ", by " + utc_text(change.onset.before);
  text += change.flapping ? "; comes and goes)" : ")";
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

  // Once all files are read. Whether nothing had to be left out.
  bool tell_changes() {
    const std::size_t left_out = replay_.left_out();
    for (const SeriesChange& told : std::move(replay_).changes(Config().false_alarms)) {
      out_ << (options_.json ? json::serialize(line_of(told)) : sentence_of(told)) << '\n';
    }
    if (left_out == 0) return true;
    err_ << "reachd: more than " << Replay::kMostRounds << " measurements: the last " << left_out
         << " were left out\n";
    return false;
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
    if (options_.changes) return replay_.add(measurement, verdict);
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
  Replay replay_;
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
  if (options.changes) readable = bench.tell_changes() && readable;
  out.flush();
  return readable ? kExitOk : kExitUsage;
}

}  // namespace reachd
