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
    entries_[own_key] = std::move(entry);
  }
}

std::map<std::string, std::string> AlertBook::rows() const {
  std::map<std::string, std::string> rows;
  for (const auto& [key, entry] : entries_) {
    rows[key] =
        json::serialize(json::object{{"subject", entry.subject},
                                     {"alert", to_json(entry.alert)},
                                     {"told", json::array(entry.told.begin(), entry.told.end())}});
  }
  return rows;
}

void AlertBook::end(Entry& entry, WallTime at) {
  entry.alert.ends = std::max(at, entry.alert.starts);
  ++version_;
}

void AlertBook::raise(const std::string& subject, Alert alert) {
  for (auto& [key, entry] : entries_) {
    if (entry.subject != subject || entry.alert.ends) continue;
    if (entry.alert.labels == alert.labels) {
      entry.alert.annotations = std::move(alert.annotations);
      ++version_;
      return;
    }
    end(entry, alert.starts);
  }
  const std::string key = key_of(subject, alert);
  entries_[key] = {subject, std::move(alert), {}};
  ++version_;
}

void AlertBook::refine(const std::string& subject, Alert alert) {
  for (auto& [key, entry] : entries_) {
    if (entry.subject != subject || entry.alert.ends) continue;
    const bool worse = alert.labels["severity"] == "critical";
    if (!worse || entry.alert.labels["severity"] == "critical") alert.labels = entry.alert.labels;
    return raise(subject, std::move(alert));
  }
  raise(subject, std::move(alert));
}

void AlertBook::resolve(const std::string& subject, WallTime at) {
  for (auto& [key, entry] : entries_) {
    if (entry.subject == subject && !entry.alert.ends) end(entry, at);
  }
}

void AlertBook::keep_only(const std::set<std::string>& subjects, WallTime at) {
  for (auto& [key, entry] : entries_) {
    if (!entry.alert.ends && !subjects.contains(entry.subject)) end(entry, at);
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
  for (const Alert& alert : alerts) {
    if (!alert.ends) continue;
    for (auto& [key, entry] : entries_) {
      if (entry.alert == alert && entry.told.insert(receiver).second) ++version_;
    }
  }
  std::erase_if(entries_, [&](const auto& item) {
    return item.second.alert.ends && std::ranges::includes(item.second.told, receivers_);
  });
}

void AlertBook::set_receivers(std::set<std::string> receivers) {
  receivers_ = std::move(receivers);
}

void AlertBook::expire(WallTime now) {
  const std::size_t gone = std::erase_if(entries_, [&](const auto& item) {
    const auto& ends = item.second.alert.ends;
    return ends && (now - *ends > kMostTelling || receivers_.empty());
  });
  version_ += gone;
}

}  // namespace reachd
