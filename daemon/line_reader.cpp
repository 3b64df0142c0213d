#include "daemon/line_reader.hpp"

#include <algorithm>

namespace reachd {

boost::system::result<bool, std::string> LineReader::fill() {
  if (ended_) return false;
  if (line_ > 0 && line_ >= buffer_.size() / 2) {
    buffer_.erase(0, line_);
    at_ -= line_;
    line_ = 0;
  }
  auto more = source_->read(buffer_);
  if (more && !*more) ended_ = true;
  return more;
}

boost::system::result<bool, std::string> LineReader::next(std::string_view& line) {
  line_ = at_;
  std::size_t searched = 0;
  bool cut = false;
  while (true) {
    const std::size_t end = buffer_.find('\n', line_ + searched);
    if (end != std::string::npos) {
      at_ = end + 1;
      const std::size_t size = std::min(end - line_, kMostLine);
      line = std::string_view(buffer_).substr(line_, size);
      return true;
    }
    searched = buffer_.size() - line_;
    if (searched > kMostLine) {
      cut = true;
      buffer_.resize(line_ + kMostLine + 1);
      searched = kMostLine + 1;
    }
    const auto more = fill();
    if (!more) return more.error();
    if (*more) continue;
    at_ = buffer_.size();
    if (at_ == line_ && !cut) return false;
    line = std::string_view(buffer_).substr(line_, kMostLine);
    return true;
  }
}

boost::system::result<bool, std::string> LineReader::rest(std::string_view& text) {
  while (buffer_.size() - line_ <= kMostLine) {
    const auto more = fill();
    if (!more) return more.error();
    if (!*more) {
      text = std::string_view(buffer_).substr(line_);
      return true;
    }
  }
  return false;
}

}  // namespace reachd
