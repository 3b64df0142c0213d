#include "daemon/notifier/alert_json.hpp"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include "daemon/when.hpp"
#include "probes/json_values.hpp"

namespace reachd {
namespace json = boost::json;
namespace {

constexpr std::size_t kMostTexts = 64;

using Texts = std::map<std::string, std::string>;

json::object object_from(const Texts& texts) {
  json::object object;
  for (const auto& [name, text] : texts) object[name] = text_value(text);
  return object;
}

Texts texts_in(const json::object& object, std::string_view key) {
  Texts texts;
  for (const auto& [name, value] : object_of(object, key)) {
    if (texts.size() < kMostTexts) texts[name] = text_of(value);
  }
  return texts;
}

}  // namespace

json::object to_json(const Alert& alert) {
  json::object object{{"labels", object_from(alert.labels)},
                      {"annotations", object_from(alert.annotations)},
                      {"page", alert.page},
                      {"starts", to_rfc3339(alert.starts)}};
  if (alert.ends) object["ends"] = to_rfc3339(*alert.ends);
  return object;
}

std::optional<Alert> alert_from_json(const json::object& object) {
  Alert alert{.labels = texts_in(object, "labels"),
              .annotations = texts_in(object, "annotations"),
              .page = text_of(object, "page"),
              .ends = parse_rfc3339(text_of(object, "ends"))};
  const auto starts = parse_rfc3339(text_of(object, "starts"));
  if (!starts || alert.labels.empty()) return std::nullopt;
  alert.starts = *starts;
  return alert;
}

std::string alertmanager_body(const std::vector<Alert>& alerts, WallTime expires) {
  json::array body;
  for (const Alert& alert : alerts) {
    body.push_back({{"labels", object_from(alert.labels)},
                    {"annotations", object_from(alert.annotations)},
                    {"startsAt", to_rfc3339(alert.starts)},
                    {"endsAt", to_rfc3339(alert.ends.value_or(expires))},
                    {"generatorURL", alert.page}});
  }
  return json::serialize(body);
}

}  // namespace reachd
