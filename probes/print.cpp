#include "probes/print.hpp"

#include <algorithm>
#include <cstdio>
#include <utility>

#include "probes/aside.hpp"
#include "probes/print_step.hpp"
#include "probes/reasons.hpp"
#include "probes/step_order.hpp"
#include "probes/text.hpp"
#include "probes/utc.hpp"

namespace reachd {
namespace {

constexpr std::size_t kWidth = 120;
constexpr std::size_t kWhereWidth = 48;
constexpr std::size_t kStageWidth = 4;
constexpr int kMostIndent = 5;

enum class Paint : std::uint8_t { none, dim, green, yellow, red };

std::string painted(std::string text, Paint paint, bool colour) {
  if (!colour || text.empty()) return text;
  switch (paint) {
    case Paint::none:
      return text;
    case Paint::dim:
      return "\x1b[2m" + text + "\x1b[0m";
    case Paint::green:
      return "\x1b[32m" + text + "\x1b[0m";
    case Paint::yellow:
      return "\x1b[33m" + text + "\x1b[0m";
    case Paint::red:
      return "\x1b[31m" + text + "\x1b[0m";
  }
  return text;
}

Paint paint_of(Status status) {
  switch (status) {
    case Status::ok:
      return Paint::green;
    case Status::blocked:
    case Status::down:
      return Paint::red;
    case Status::likely_blocked:
    case Status::impaired:
    case Status::insufficient:
      return Paint::yellow;
  }
  return Paint::none;
}

std::string padded(const std::string& text, std::size_t width) {
  const std::size_t used = columns(text);
  return used < width ? text + std::string(width - used, ' ') : text;
}

std::string padded_left(const std::string& text, std::size_t width) {
  const std::size_t used = columns(text);
  return used < width ? std::string(width - used, ' ') + text : text;
}

// A step ready for its line.
struct Row {
  std::string began;  // "+0.012 s"
  std::string stage;
  StepText text;
  std::string took;
  Paint paint = Paint::none;
};

Row row_of(const Measurement& measurement, const Observation& step, bool same_place, bool bad) {
  Row row;
  char began[32];
  std::snprintf(began, sizeof began, "+%.3f s", static_cast<double>(step.began.count()) / 1e6);
  row.began = began;
  row.stage = to_string(step.stage);
  row.text = describe(step, measurement.began);
  const auto indent = static_cast<std::size_t>(std::clamp(step.depth, 0, kMostIndent));
  row.text.where.insert(0, 2 * indent, ' ');
  if (same_place) {
    row.text.where.clear();
  } else if (std::string aside = aside_of(measurement, step); !aside.empty()) {
    row.text.notes.insert(row.text.notes.begin(), std::move(aside));
  }
  row.took = duration_text(step.took);
  if (step.failure) row.paint = bad ? Paint::red : Paint::dim;
  return row;
}

std::vector<Row> rows_of(const Measurement& measurement) {
  const auto& steps = measurement.observations;
  std::vector<bool> bad(steps.size());
  for (const std::size_t index : failed_steps(measurement)) bad[index] = true;
  std::vector<Row> rows;
  for (const auto& group : steps_by_connection(measurement)) {
    for (const std::size_t i : group) {
      rows.push_back(row_of(measurement, steps[i], i != group.front(), bad[i]));
    }
  }
  return rows;
}

std::size_t widest(const std::vector<Row>& rows, const std::string& (*part)(const Row&)) {
  std::size_t width = 0;
  for (const Row& row : rows) width = std::max(width, columns(part(row)));
  return width;
}

std::string table_of(const std::vector<Row>& rows, bool colour) {
  const std::size_t began = widest(rows, [](const Row& row) -> const auto& { return row.began; });
  const std::size_t took = widest(rows, [](const Row& row) -> const auto& { return row.took; });
  const std::size_t where = std::min(
      kWhereWidth, widest(rows, [](const Row& row) -> const auto& { return row.text.where; }));
  const std::size_t before = began + 2 + kStageWidth + 2 + where + 2;
  const std::size_t room = kWidth - std::min(kWidth, before + 2 + took);
  const std::size_t what =
      std::min(room, widest(rows, [](const Row& row) -> const auto& { return row.text.what; }));
  std::string table;
  for (const Row& row : rows) {
    table += painted(padded_left(row.began, began), Paint::dim, colour) + "  ";
    table += padded(row.stage, kStageWidth) + "  ";
    table += padded(fit(row.text.where, where), where) + "  ";
    const std::vector<std::string> lines = wrap(row.text.what, what);
    for (std::size_t i = 0; i < lines.size(); ++i) {
      if (i > 0) table += std::string(before, ' ');
      table += painted(lines[i], row.paint, colour);
      if (i == 0) {
        table += std::string(what - columns(lines[i]) + 2, ' ');
        table += painted(padded_left(row.took, took), Paint::dim, colour);
      }
      table += "\n";
    }
    for (const std::string& note : row.text.notes) {
      table +=
          std::string(before, ' ') + painted(fit(note, kWidth - before), Paint::yellow, colour);
      table += "\n";
    }
  }
  return table;
}

std::string header_of(const Measurement& measurement) {
  std::string name = escape_for_people(measurement.service, 40);
  if (!measurement.target.empty()) name += "/" + escape_for_people(measurement.target, 40);
  if (!name.empty()) name += "  ";
  const std::string when = "  " + std::string(to_string(measurement.round)) + " round  " +
                           utc_text(measurement.began) + " UTC  " +
                           duration_text(measurement.runtime);
  const std::string line = name + escape_for_people(measurement.url, kWidth);
  return fit(line, kWidth - columns(when)) + when + "\n";
}

std::string verdict_line(const Verdict& verdict, bool colour) {
  std::string line = "   rule " + verdict.rule;
  for (std::size_t i = 0; i < verdict.kinds.size(); ++i) {
    line += (i == 0 ? "   kind " : ", ") + verdict.kinds[i];
  }
  if (verdict.locus != Locus::unknown) line += "   locus " + std::string(to_string(verdict.locus));
  const std::string status{to_string(verdict.status)};
  return "verdict  " + painted(status, paint_of(verdict.status), colour) +
         fit(line, kWidth - status.size() - 9) + "\n";
}

// Only where something is wrong: that all is well needs no reasons.
std::string reasons_text(const Measurement& measurement, const Verdict& verdict) {
  std::string text;
  if (verdict.status == Status::ok) return text;
  for (const std::string& reason : reasons_of(measurement, verdict)) {
    text += fit("         " + reason, kWidth) + "\n";
  }
  return text;
}

}  // namespace

std::string print_ladder(const Measurement& measurement, const Verdict& verdict, bool colour) {
  const std::vector<Row> rows = rows_of(measurement);
  const std::string table = rows.empty() ? "nothing was measured\n" : table_of(rows, colour);
  return header_of(measurement) + "\n" + table + "\n" + verdict_line(verdict, colour) +
         reasons_text(measurement, verdict);
}

}  // namespace reachd
