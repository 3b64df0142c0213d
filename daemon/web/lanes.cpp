#include "daemon/web/lanes.hpp"

#include <algorithm>

#include "probes/aside.hpp"
#include "probes/plain_words.hpp"
#include "probes/print.hpp"
#include "probes/print_step.hpp"
#include "probes/step_order.hpp"

namespace reachd::web {
namespace {

std::size_t station_of(Stage stage) {
  switch (stage) {
    case Stage::dns:
      return 0;
    case Stage::tcp:
      return 1;
    case Stage::tls:
      return 2;
    case Stage::http:
    case Stage::mail:
      return 3;
  }
  return 0;
}

std::string question_label(const Observation& step, const DnsSeen& seen) {
  const std::string resolver = escape_for_people(seen.resolver, 40);
  switch (step.purpose) {
    case Purpose::innocent_name:
      return "an innocent name, asked of " + resolver;
    case Purpose::non_resolver:
      return "its name, asked of an address that runs no DNS";
    case Purpose::non_resolver_check:
      return "an innocent name, asked of an address that runs no DNS";
    default:
      return "its name, asked of " + resolver;
  }
}

// What a question came to, so that resolvers that say the same in another order say the same.
std::string addresses_text(const DnsSeen& seen) {
  constexpr std::size_t kShown = 3;
  std::vector<std::string> found;
  const auto believed = static_cast<std::size_t>(seen.answer);
  if (seen.answer >= 0 && believed < seen.replies.size()) {
    for (const DnsRecord& record : seen.replies[believed].answers) {
      if (record.type == seen.query_type) found.push_back(escape_for_people(record.data, 60));
    }
  }
  std::ranges::sort(found);
  std::string text = escape_for_people(seen.query_type, 12) + ": ";
  for (std::size_t i = 0; i < std::min(found.size(), kShown); ++i) {
    text += (i == 0 ? "" : ", ") + found[i];
  }
  if (found.size() > kShown) text += " and " + std::to_string(found.size() - kShown) + " more";
  return found.empty() ? text + "nothing" : text;
}

// A server spoke under an innocent name: what it thinks of that name is no matter.
bool answered(const Observation& step) {
  if (step.purpose != Purpose::sni_swap && step.purpose != Purpose::host_swap) return false;
  const auto* tls = std::get_if<TlsSeen>(&step.seen);
  const auto* http = std::get_if<HttpSeen>(&step.seen);
  return (tls != nullptr && (tls->server_hello_seen || !tls->chain.empty())) ||
         (http != nullptr && http->status != 0);
}

Lane question(const Measurement& measurement, const Observation& step) {
  Lane lane;
  const auto* seen = std::get_if<DnsSeen>(&step.seen);
  lane.label = seen == nullptr ? "its name" : question_label(step, *seen);
  lane.reach[0] = step.failure ? Reach::died : Reach::passed;
  lane.took[0] = step.took;
  lane.visitor = step.purpose == Purpose::ladder;
  const bool nobody =
      step.purpose == Purpose::non_resolver || step.purpose == Purpose::non_resolver_check;
  const bool silent = seen == nullptr || seen->replies.empty();
  lane.expected = nobody && silent;
  lane.forged = step.purpose == Purpose::non_resolver && !silent;
  lane.outcome = step.failure || seen == nullptr ? describe(step, measurement.began).what
                                                 : addresses_text(*seen);
  if (lane.expected) lane.outcome = "silent, as it should be";
  if (lane.forged) lane.outcome = "answered all the same: somebody on the way did. " + lane.outcome;
  return lane;
}

Lane connection(const Measurement& measurement, const std::vector<std::size_t>& group) {
  const auto& steps = measurement.observations;
  const Observation& first = steps[group.front()];
  Lane lane;
  lane.visitor = first.purpose == Purpose::ladder;
  const std::string aside = aside_of(measurement, first);
  lane.label =
      aside.empty() ? (first.depth > 0 ? "where it was sent on to" : "as a visitor") : aside;
  lane.label += ", " + escape_for_people(to_string(first.peer), 60);
  for (const std::size_t index : group) {
    const Observation& step = steps[index];
    const std::size_t at = station_of(step.stage);
    const bool died = step.failure && !answered(step);
    lane.reach.at(at) = died ? Reach::died : Reach::passed;
    lane.took.at(at) = step.took;
    if (step.failure)
      lane.outcome = died ? plain_words(step) : "the server answers under this name";
  }
  if (lane.outcome.empty()) {
    const Observation& last = steps[group.back()];
    lane.outcome = last.stage == Stage::tcp ? "connects"
                   : last.stage == Stage::tls
                       ? "shakes hands"
                       : "answers: " + describe(last, measurement.began).what;
  }
  return lane;
}

std::optional<Lane> helper(const Measurement& measurement) {
  Lane lane;
  lane.label = "the helper, from outside";
  if (measurement.helper_failure) {
    lane.outcome = "gave no report: " + plain_words(*measurement.helper_failure);
    return lane;
  }
  if (!measurement.helper) return std::nullopt;
  const HelperReport& report = *measurement.helper;
  const auto set = [&](std::size_t at, bool passed, const std::string& failure) {
    lane.reach.at(at) = passed ? Reach::passed : Reach::died;
    if (!passed) lane.outcome = escape_for_people(failure, 80);
  };
  const auto any_passes = [](const auto& list) {
    return std::ranges::any_of(list, [](const auto& one) { return one.failure.empty(); });
  };
  if (report.lookup) set(0, report.lookup->failure.empty(), report.lookup->failure);
  if (!report.connects.empty()) {
    set(1, any_passes(report.connects), report.connects.front().failure);
  }
  if (!report.handshakes.empty()) {
    set(2, any_passes(report.handshakes), report.handshakes.front().failure);
  }
  if (report.request) {
    set(3, report.request->failure.empty(), report.request->failure);
    if (report.request->failure.empty()) {
      lane.outcome = "answers: " + std::to_string(report.request->status);
    }
  }
  if (lane.outcome.empty()) lane.outcome = "gets through";
  return lane;
}

// Alike but for the address.
bool alike(const Lane& one, const Lane& other) {
  const auto without_place = [](const std::string& label) {
    return label.substr(0, std::min(label.rfind(", "), label.rfind(" of ")));
  };
  return one.visitor == other.visitor && one.reach == other.reach && one.outcome == other.outcome &&
         without_place(one.label) == without_place(other.label);
}

}  // namespace

std::vector<Lane> lanes_of(const Measurement& measurement, std::size_t most) {
  std::vector<Lane> lanes;
  const auto add = [&](Lane lane) {
    const auto same = std::ranges::find_if(lanes, [&](Lane& known) { return alike(known, lane); });
    if (same == lanes.end()) return lanes.push_back(std::move(lane));
    ++same->ways;
  };
  const auto groups = steps_by_connection(measurement);
  const auto& steps = measurement.observations;
  for (const bool ladder : {true, false}) {
    for (const bool questions : {true, false}) {
      for (const auto& group : groups) {
        const Observation& step = steps[group.front()];
        if ((step.purpose == Purpose::ladder) != ladder) continue;
        if ((step.stage == Stage::dns) != questions) continue;
        add(questions ? question(measurement, step) : connection(measurement, group));
      }
    }
  }
  if (auto lane = helper(measurement)) add(std::move(*lane));
  if (lanes.size() > most) lanes.resize(most);
  return lanes;
}

}  // namespace reachd::web
