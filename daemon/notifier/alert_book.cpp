#include "daemon/notifier/alert_book.hpp"

#include <algorithm>
#include <utility>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "daemon/notifier/alert_json.hpp"
#include "daemon/when.hpp"
#include "probes/json_values.hpp"

namespace reachd {
namespace json = boost::json;
namespace {

std::string key_of(const std::string& subject, const Alert& alert) {
  return subject + " " + to_rfc3339(alert.starts);
}

}  // namespace

AlertBook::AlertBook(const std::map<std::string, std::string>& rows) {
  for (const auto& [key, text] : rows) {
    changed_.insert(key);
    boost::system::error_code error;
    const json::value value = json::parse(text, error);
    if (error) continue;
    const json::object& object = object_of(value);
    auto alert = alert_from_json(object_of(object, "alert"));
    if (!alert) continue;
    Entry entry{text_of(object, "subject"), std::move(*alert), {}};
    for (const json::value& receiver : array_of(object, "told")) {
      entry.told.insert(text_of(receiver));
    }
    const std::string own_key = key_of(entry.subject, entry.alert);
    if (own_key == key) changed_.erase(key);
    entries_[own_key] = std::move(entry);
  }
}

AlertBook::Changes AlertBook::take_changes() {
  Changes changes;
  for (const std::string& key : changed_) {
    auto& row = changes[key];
    const auto found = entries_.find(key);
    if (found == entries_.end()) continue;
    const auto& [subject, alert, told] = found->second;
    row = json::serialize(json::object{{"subject", subject},
                                       {"alert", to_json(alert)},
                                       {"told", json::array(told.begin(), told.end())}});
  }
  changed_.clear();
  return changes;
}

// The keys of a subject begin with it, and stand together.
AlertBook::Entries::iterator AlertBook::in_force(const std::string& subject) {
  const std::string prefix = subject + " ";
  auto entry = entries_.lower_bound(prefix);
  while (entry != entries_.end() && entry->first.starts_with(prefix)) {
    if (entry->second.subject == subject && !entry->second.alert.ends) return entry;
    ++entry;
  }
  return entries_.end();
}

void AlertBook::touch(const std::string& key) {
  changed_.insert(key);
  ++version_;
}

void AlertBook::end(const std::string& key, Entry& entry, WallTime at) {
  entry.alert.ends = std::max(at, entry.alert.starts);
  touch(key);
}

template <typename IsOver>
void AlertBook::forget(IsOver is_over) {
  std::erase_if(entries_, [&](const auto& item) {
    const auto& [key, entry] = item;
    if (!entry.alert.ends || !is_over(entry)) return false;
    touch(key);
    return true;
  });
}

void AlertBook::raise(const std::string& subject, Alert alert) {
  if (const auto before = in_force(subject); before != entries_.end()) {
    auto& [key, entry] = *before;
    if (entry.alert.labels == alert.labels) {
      entry.alert.annotations = std::move(alert.annotations);
      return touch(key);
    }
    end(key, entry, alert.starts);
  }
  const std::string key = key_of(subject, alert);
  entries_[key] = {subject, std::move(alert), {}};
  touch(key);
}

void AlertBook::refine(const std::string& subject, Alert alert) {
  if (const auto before = in_force(subject); before != entries_.end()) {
    auto& labels = before->second.alert.labels;
    const bool worse = alert.labels["severity"] == "critical";
    if (!worse || labels["severity"] == "critical") alert.labels = labels;
  }
  raise(subject, std::move(alert));
}

void AlertBook::resolve(const std::string& subject, WallTime at) {
  if (const auto entry = in_force(subject); entry != entries_.end()) {
    end(entry->first, entry->second, at);
  }
}

void AlertBook::keep_only(const std::set<std::string>& subjects, WallTime at) {
  for (auto& [key, entry] : entries_) {
    if (!entry.alert.ends && !subjects.contains(entry.subject)) end(key, entry, at);
  }
}

std::vector<Alert> AlertBook::to_tell(const std::string& receiver) const {
  std::vector<Alert> alerts;
  std::set<std::map<std::string, std::string>> in_force;
  for (const auto& [key, entry] : entries_) {
    if (entry.alert.ends) continue;
    in_force.insert(entry.alert.labels);
    alerts.push_back(entry.alert);
  }
  for (const auto& [key, entry] : entries_) {
    // The same labels are in force again: to say that they are over would end the new alert.
    if (!entry.alert.ends || in_force.contains(entry.alert.labels)) continue;
    if (!entry.told.contains(receiver)) alerts.push_back(entry.alert);
  }
  return alerts;
}

void AlertBook::told(const std::string& receiver, const std::vector<Alert>& alerts) {
  std::multimap<WallTime, const Alert*> over;  // so that thousands are not compared with thousands
  for (const Alert& alert : alerts) {
    if (alert.ends) over.emplace(alert.starts, &alert);
  }
  for (auto& [key, entry] : entries_) {
    const auto [from, to] = over.equal_range(entry.alert.starts);
    const bool is_told =
        std::any_of(from, to, [&](const auto& one) { return *one.second == entry.alert; });
    if (is_told && entry.told.insert(receiver).second) touch(key);
  }
  forget([&](const Entry& entry) { return std::ranges::includes(entry.told, receivers_); });
}

void AlertBook::set_receivers(std::set<std::string> receivers) {
  receivers_ = std::move(receivers);
}

void AlertBook::expire(WallTime now) {
  forget([&](const Entry& entry) {
    return now - *entry.alert.ends > kMostTelling || receivers_.empty();
  });
}

}  // namespace reachd
