#include "config/csv.hpp"

#include <algorithm>
#include <utility>

namespace reachd {
namespace {

constexpr std::size_t kMostUnclosed = 100;  // each costs another walk to the end

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  CsvTable read() {
    while (at_ < text_.size()) take(text_[at_]);
    while (quoted_ && table_.unclosed.size() < kMostUnclosed) {
      go_back();
      while (at_ < text_.size()) take(text_[at_]);
    }
    if (!quoted_ && (!field_.empty() || !row_.fields.empty())) end_row();
    return std::move(table_);
  }

 private:
  void take(char c) {
    if (quoted_ && c == '"' && at_ + 1 < text_.size() && text_[at_ + 1] == '"') {
      field_ += c;
      ++at_;
    } else if (c == '"' && (quoted_ || field_.empty())) {
      quoted_ = !quoted_;
      opened_ = {at_, line_};
    } else if (quoted_) {
      field_ += c;
    } else if (c == ',') {
      row_.fields.push_back(std::exchange(field_, {}));
    } else if (c == '\n') {
      end_row();
    } else if (c != '\r') {
      field_ += c;
    }
    ++at_;
    if (c != '\n') return;
    ++line_;
    if (!quoted_) row_.line = line_;
  }

  void end_row() {
    row_.fields.push_back(std::exchange(field_, {}));
    if (row_.fields.size() > 1 || !row_.fields.front().empty()) table_.rows.push_back(row_);
    row_.fields.clear();
  }

  void go_back() {
    table_.unclosed.push_back(opened_.second);
    at_ = std::min(text_.find('\n', opened_.first), text_.size() - 1) + 1;
    line_ = opened_.second + 1;
    quoted_ = false;
    field_.clear();
    row_ = {line_, {}};
  }

  std::string_view text_;
  std::size_t at_ = 0;
  int line_ = 1;
  bool quoted_ = false;
  std::pair<std::size_t, int> opened_;  // place and line of the latest quote
  CsvRow row_{1, {}};
  std::string field_;
  CsvTable table_;
};

}  // namespace

CsvTable parse_csv(std::string_view text) {
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  return Reader(text).read();
}

}  // namespace reachd
