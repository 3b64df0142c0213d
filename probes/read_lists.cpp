#include <algorithm>
#include <map>
#include <string>
#include <tuple>
#include <utility>

#include "probes/json_values.hpp"
#include "probes/read_observation.hpp"

namespace reachd {
namespace json = boost::json;
namespace {

using Entries = std::vector<std::optional<Observation>>;

// The entries of all lists; each goes into the measurement once.
struct Lists {
  Entries queries, tcp_connect, tls_handshakes, requests, mail, duplicates;
};

template <typename Read>
Entries entries_of(const json::object& object, std::string_view key, Budget& budget, Read read) {
  Entries entries;
  for (const json::value& value : array_of(object, key)) {
    if (!budget.take()) break;
    entries.emplace_back(read(object_of(value)));
  }
  return entries;
}

// `with_mail` is where the mail stands: x_reachd for the ladder, else beside the other lists.
Lists read_lists(const json::object& keys, const json::object& with_mail, Origin origin,
                 Budget& budget) {
  const auto query = [&](const json::object& entry) { return read_query(entry, origin, budget); };
  Lists lists;
  lists.queries = entries_of(keys, "queries", budget, query);
  lists.duplicates = entries_of(keys, "x_dns_duplicate_responses", budget, query);
  lists.tcp_connect = entries_of(keys, "tcp_connect", budget, read_connect);
  lists.tls_handshakes = entries_of(keys, "tls_handshakes", budget, [&](const json::object& entry) {
    return read_handshake(entry, origin, budget);
  });
  lists.requests = entries_of(keys, "requests", budget, [&](const json::object& entry) {
    return read_request(entry, origin, budget);
  });
  lists.mail = entries_of(with_mail, "mail", budget, [&](const json::object& entry) {
    return read_conversation(entry, budget);
  });
  return lists;
}

Entries* list_named(Lists& lists, std::string_view name) {
  if (name == "queries") return &lists.queries;
  if (name == "tcp_connect") return &lists.tcp_connect;
  if (name == "tls_handshakes") return &lists.tls_handshakes;
  if (name == "requests") return &lists.requests;
  if (name == "mail") return &lists.mail;
  return nullptr;
}

// The ladder's lists, and those of each other purpose that the line has.
std::map<Purpose, Lists> read_all_lists(const json::object& keys, const json::object& ours,
                                        Origin origin, Budget& budget) {
  std::map<Purpose, Lists> all;
  for (const Purpose purpose : kPurposes) {
    const bool ladder = purpose == Purpose::ladder;
    const json::object& own = ladder ? keys : object_of(ours, to_string(purpose));
    if (!own.empty()) all.emplace(purpose, read_lists(own, ladder ? ours : own, origin, budget));
  }
  return all;
}

// Observations in the order in which our steps name them, each with what the step adds.
std::vector<Observation> follow_steps(const json::object& ours, std::map<Purpose, Lists>& all,
                                      Budget& budget) {
  std::vector<Observation> observations;
  for (const json::value& value : array_of(ours, "steps")) {
    if (!budget.take()) break;
    const json::object& step = object_of(value);
    const auto purpose =
        step.contains("purpose") ? parse_purpose(text_of(step, "purpose")) : Purpose::ladder;
    if (!purpose) continue;
    Lists& lists = all[*purpose];
    Entries* list = list_named(lists, text_of(step, "of"));
    const auto index = integer_of<std::size_t>(step, "index");
    if (list == nullptr || index >= list->size() || !(*list)[index]) continue;
    Observation observation = std::move(*(*list)[index]);
    (*list)[index].reset();
    observation.purpose = *purpose;
    observation.ttl = integer_of<std::uint8_t>(step, "ttl");
    observation.residual = flag_of(step, "residual");
    switch (observation.stage) {
      case Stage::dns:
        add_lookup_facts(observation, step, lists.duplicates, budget);
        break;
      case Stage::tcp:
        add_connect_facts(observation, step, object_of(ours, "tcp_info"));
        break;
      case Stage::tls:
        add_handshake_facts(observation, step, budget);
        break;
      case Stage::http:
        add_request_facts(observation, step);
        break;
      case Stage::mail:
        break;
    }
    observations.push_back(std::move(observation));
  }
  return observations;
}

using Question = std::tuple<int, std::string, std::string>;

Question question_of(const Observation& query) {
  const auto& seen = std::get<DnsSeen>(query.seen);
  return {query.transaction, seen.hostname, seen.query_type};
}

// Late replies of OONI's lines belong to the question with the same transaction, name and type.
void attach_duplicates(Lists& lists) {
  std::map<Question, Observation*> questions;
  for (auto& query : lists.queries) questions.emplace(question_of(*query), &*query);
  for (auto& duplicate : lists.duplicates) {
    const auto question = questions.find(question_of(*duplicate));
    if (question == questions.end()) continue;
    auto& replies = std::get<DnsSeen>(question->second->seen).replies;
    if (auto reply = take_reply(*duplicate)) replies.push_back(std::move(*reply));
  }
}

// OONI's lists put into the order of time, or of the ladder where the times are no help.
std::vector<Observation> merge_lists(Lists& lists) {
  attach_duplicates(lists);
  std::ranges::reverse(lists.requests);  // OONI has the last one first
  std::vector<Observation*> order;
  for (Entries* list :
       {&lists.queries, &lists.tcp_connect, &lists.tls_handshakes, &lists.requests}) {
    for (auto& entry : *list) order.push_back(&*entry);
  }
  using Place = std::tuple<Micros, int, bool, int, Stage, std::size_t>;
  std::vector<Place> places;
  for (const Observation* step : order) {
    places.emplace_back(step->began, step->depth, step->stage != Stage::dns, step->transaction,
                        step->stage, places.size());
  }
  std::ranges::sort(places);
  std::vector<Observation> observations;
  for (const Place& place : places) {
    observations.push_back(std::move(*order[std::get<std::size_t>(place)]));
  }
  return observations;
}

}  // namespace

std::vector<Observation> read_observations(const json::object& keys, const json::object& ours,
                                           Budget& budget) {
  const Origin origin = ours.contains("steps") ? Origin::reachd : Origin::ooni;
  auto all = read_all_lists(keys, ours, origin, budget);
  return origin == Origin::reachd ? follow_steps(ours, all, budget)
                                  : merge_lists(all[Purpose::ladder]);
}

}  // namespace reachd
