// The alerts in force, and those that are over but that not everybody was told of. Pure: it says
// what is to be told to whom; telling is the notifier's.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "daemon/notifier/alert.hpp"

namespace reachd {

class AlertBook {
 public:
  // An alert that is over is told for so long at most: receivers drop it by themselves when it is
  // not sent again.
  static constexpr std::chrono::minutes kMostTelling{30};

  // For the store: a key, and its JSON, or nothing where the row is gone.
  using Changes = std::map<std::string, std::optional<std::string>>;

  AlertBook() = default;
  // Goes on from stored rows, key to JSON. Rows that are none are left out, and are a change.
  explicit AlertBook(const std::map<std::string, std::string>& rows);

  // The subject ("service/target", empty for the vantage) is in this condition now. An alert of it
  // with other labels is over with that; with the same labels it goes on, with the new words.
  void raise(const std::string& subject, Alert alert);
  // The same trouble is known better now: new words. New labels would be another alert to whoever
  // is told, so they are taken only where it has become critical.
  void refine(const std::string& subject, Alert alert);
  void resolve(const std::string& subject, WallTime at);
  // Only these subjects are in trouble: what is in force of others is over.
  void keep_only(const std::set<std::string>& subjects, WallTime at);

  // All that `receiver` should hear: what is in force, and what is over and it was not told.
  std::vector<Alert> to_tell(const std::string& receiver) const;
  // The receiver took these. What all receivers have taken and is over is forgotten.
  void told(const std::string& receiver, const std::vector<Alert>& alerts);
  void set_receivers(std::set<std::string> receivers);
  void expire(WallTime now);

  std::size_t size() const { return entries_.size(); }
  std::uint64_t version() const { return version_; }  // grows with every change
  Changes take_changes();  // since it was called last; of thousands of alerts few change

 private:
  struct Entry {
    std::string subject;
    Alert alert;
    std::set<std::string> told;  // receivers that know that it is over
  };
  using Entries = std::map<std::string, Entry>;

  Entries::iterator in_force(const std::string& subject);  // end(): nothing is
  void touch(const std::string& key);
  void end(const std::string& key, Entry& entry, WallTime at);
  // Forgets those of which `is_over` says so.
  template <typename IsOver>
  void forget(IsOver is_over);

  Entries entries_;                // by subject and beginning
  std::set<std::string> changed_;  // keys, of what is gone too
  std::set<std::string> receivers_;
  std::uint64_t version_ = 0;
};

}  // namespace reachd
