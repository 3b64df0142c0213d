// What checking showed lately: which user came with which password and was right, so that a scrape
// need not pay for a hash each time, and what was wrong, so that a scraper that is told the wrong
// password does not count as one that guesses. Holds no password: digests that are of no use
// anywhere else, one for each user and a few of what was wrong.
#pragma once

#include <array>
#include <cstddef>
#include <deque>
#include <string>
#include <unordered_map>

#include "daemon/web/authorization.hpp"

namespace reachd::web {

using Digest = std::array<unsigned char, 32>;

class Verified {
 public:
  static constexpr std::size_t kMostWrong = 64;

  Verified();  // throws std::runtime_error where there is no chance to be had

  // HMAC-SHA-256 of user and password under a key that this object made and nobody else knows.
  Digest digest(const Credentials& credentials) const;

  bool is_right(const std::string& user, const Digest& digest) const;  // in constant time
  bool is_wrong(const Digest& digest) const;                      // false also if it is not known
  void add_right(const std::string& user, const Digest& digest);  // of a user that there is
  void add_wrong(const Digest& digest);  // the latest kMostWrong are remembered

  // Forgets what was wrong, and all users but those of whom `same` is true.
  template <typename Predicate>
  void retain(Predicate same) {
    wrong_.clear();
    std::erase_if(right_, [&](const auto& entry) { return !same(entry.first); });
  }

 private:
  Digest key_;
  std::unordered_map<std::string, Digest> right_;  // by user
  std::deque<Digest> wrong_;                       // the latest last
};

}  // namespace reachd::web
