#include "daemon/remote_write/composer.hpp"

#include <algorithm>
#include <utility>

namespace reachd::remote_write {
namespace {

// Takes a line, without its end, off the text from `at` on.
std::string_view take_line(std::string_view text, std::size_t& at) {
  const std::size_t end = std::min(text.find('\n', at), text.size());
  const std::string_view line = text.substr(at, end - at);
  at = end + 1;
  return line;
}

Texts only(Text text) {
  return {1, [text = std::move(text)](std::size_t, std::string& lines) { lines += *text; }};
}

void gather(std::string_view text, std::unordered_set<std::string_view>& series) {
  for (std::size_t at = 0; at < text.size();) series.insert(series_of(take_line(text, at)));
}

}  // namespace

void Composer::begin(Snapshot snapshot) {
  passages_.clear();
  ends_.clear();
  own_unsaid_.clear();
  gone_.clear();
  text_.clear();
  at_ = 0;
  parts_ = std::exchange(snapshot.parts, {});
  departed_ = std::exchange(snapshot.departed, {});
  before_ = std::exchange(now_, std::move(snapshot));
  const bool moved = before_.own && before_.place != now_.place;
  if (moved) {
    passages_.push_back({only(before_.own), &before_.place, true});
    for (const Texts& texts : departed_) passages_.push_back({texts, &before_.place, true});
    passages_.push_back({parts_, &before_.place, true});
  } else {
    if (before_.own) gather(*before_.own, own_unsaid_);
    find_ends();
  }
  passages_.push_back({only(now_.own), &now_.place, false, &own_unsaid_});
  passages_.push_back({parts_, &now_.place, false});
}

void Composer::find_ends() {
  for (const Texts& texts : departed_) {
    for (std::size_t i = 0; i < texts.count; ++i) {
      ends_[texts.name(i)].before.emplace_back(&texts, i);
    }
  }
  if (ends_.empty()) return;
  for (std::size_t i = 0; i < parts_.count; ++i) {
    const auto end = ends_.find(parts_.name(i));
    if (end != ends_.end()) end->second.now = i;
  }
}

std::optional<Body> Composer::next() {
  while (request_.samples() < kMostSamples && step()) continue;
  if (request_.samples() == 0) return std::nullopt;
  return request_.take();
}

// Goes on to the next text, of the first passage that has one; false if none has.
bool Composer::turn() {
  text_.clear();
  at_ = 0;
  while (!passages_.empty()) {
    Passage& passage = passages_.front();
    if (passage.next < passage.texts.count) {
      passage.texts.append(passage.next++, text_);
      return true;
    }
    passages_.pop_front();
  }
  return false;
}

// Goes on to the next that is no more; false if there is none.
bool Composer::turn_end() {
  gone_.clear();
  gone_text_.clear();
  if (ends_.empty()) {
    parts_ = {};
    departed_.clear();
    return false;
  }
  const End end = std::move(ends_.begin()->second);
  ends_.erase(ends_.begin());
  for (const auto& [texts, i] : end.before) texts->append(i, gone_text_);
  gather(gone_text_, gone_);
  if (end.now) {
    std::string said;
    parts_.append(*end.now, said);
    for (std::size_t at = 0; at < said.size();) gone_.erase(series_of(take_line(said, at)));
  }
  return true;
}

// Says one more line; false if there is none.
bool Composer::step() {
  while (at_ < text_.size() || turn()) {
    if (at_ == text_.size()) continue;  // a text of nothing
    say(take_line(text_, at_), passages_.front());
    return true;
  }
  while (own_unsaid_.empty() && gone_.empty() && turn_end()) continue;
  Series& unsaid = own_unsaid_.empty() ? gone_ : own_unsaid_;
  if (unsaid.empty()) return false;
  const std::string line = std::string(*unsaid.begin()) + " 0";
  unsaid.erase(unsaid.begin());
  say(line, {{}, &now_.place, true});
  return true;
}

void Composer::say(std::string_view line, const Passage& passage) {
  if (!read_sample(line, sample_, scratch_)) return;
  if (passage.unsaid != nullptr) passage.unsaid->erase(series_of(line));
  request_.add(sample_.labels, *passage.place, passage.ends ? stale_marker() : sample_.value,
               now_.at);
}

}  // namespace reachd::remote_write
