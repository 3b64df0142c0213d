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

void gather(std::string_view text, std::unordered_set<std::string_view>& series) {
  for (std::size_t at = 0; at < text.size();) series.insert(series_of(take_line(text, at)));
}

}  // namespace

void Composer::begin(Snapshot snapshot) {
  passages_.clear();
  own_unsaid_.clear();
  parts_unsaid_.clear();
  at_ = 0;
  before_ = std::exchange(now_, std::move(snapshot));
  before_.parts.clear();
  const bool moved = before_.own && before_.place != now_.place;
  if (moved) {
    passages_.push_back({before_.own, &before_.place, true});
    for (const Texts* texts : {&now_.departed, &now_.parts}) {
      for (const auto& text : *texts) passages_.push_back({text, &before_.place, true});
    }
  } else {
    if (before_.own) gather(*before_.own, own_unsaid_);
    for (const auto& text : now_.departed) gather(*text, parts_unsaid_);
  }
  passages_.push_back({now_.own, &now_.place, false, &own_unsaid_});
  for (const auto& text : now_.parts) {
    passages_.push_back(
        {text, &now_.place, false, parts_unsaid_.empty() ? nullptr : &parts_unsaid_});
  }
}

std::optional<Body> Composer::next() {
  while (request_.samples() < kMostSamples && step()) continue;
  if (request_.samples() == 0) return std::nullopt;
  return request_.take();
}

// Says one more line; false if there is none.
bool Composer::step() {
  while (!passages_.empty()) {
    const Passage& passage = passages_.front();
    if (at_ < passage.text->size()) {
      say(take_line(*passage.text, at_), passage);
      return true;
    }
    passages_.pop_front();
    at_ = 0;
  }
  for (Series* unsaid : {&own_unsaid_, &parts_unsaid_}) {
    if (unsaid->empty()) continue;
    const std::string line = std::string(*unsaid->begin()) + " 0";
    unsaid->erase(unsaid->begin());
    say(line, {nullptr, &now_.place, true});
    return true;
  }
  return false;
}

void Composer::say(std::string_view line, const Passage& passage) {
  if (!read_sample(line, sample_, scratch_)) return;
  if (passage.unsaid != nullptr) passage.unsaid->erase(series_of(line));
  request_.add(sample_.labels, *passage.place, passage.ends ? stale_marker() : sample_.value,
               now_.at);
}

}  // namespace reachd::remote_write
