#include "tests/support/boards.hpp"

#include <memory>
#include <utility>

#include "daemon/when.hpp"

namespace reachd::test {
namespace {

using std::chrono::milliseconds;

Observation step(Stage stage, milliseconds began, milliseconds took) {
  Observation made;
  made.stage = stage;
  made.transaction = stage == Stage::dns ? 20001 : 50002;
  made.peer = {stage == Stage::dns ? "192.0.2.53" : "192.0.2.1",
               static_cast<std::uint16_t>(stage == Stage::dns ? 53 : 443)};
  made.began = began;
  made.took = took;
  return made;
}

}  // namespace

WallTime board_now() {
  return *parse_rfc3339("2026-11-24T10:00:00Z");
}

TargetBoard& add_target(Board& board, const std::string& service, const std::string& name,
                        const std::string& url) {
  auto& boards = service.starts_with("control.") ? board.controls : board.targets;
  Target target;
  target.service = service;
  target.name = name;
  target.url = url;
  TargetBoard& entry = boards[id_of(target)];
  entry.target = std::move(target);
  return entry;
}

void add_round(TargetBoard& target, Status status, std::chrono::seconds ago) {
  auto measurement = std::make_shared<Measurement>();
  measurement->service = target.target->service;
  measurement->target = target.target->name;
  measurement->url = target.target->url;
  measurement->began = board_now() - ago;
  measurement->runtime = milliseconds(105);

  Observation dns = step(Stage::dns, milliseconds(0), milliseconds(5));
  DnsSeen question;
  question.resolver = "system";
  question.engine = "udp";
  question.hostname = "www.example.org";
  question.query_type = "A";
  dns.seen = question;
  Observation tls = step(Stage::tls, milliseconds(25), milliseconds(30));
  TlsSeen handshake;
  handshake.server_name = "www.example.org";
  tls.seen = handshake;
  Observation tcp = step(Stage::tcp, milliseconds(5), milliseconds(20));
  tcp.seen = TcpSeen{};
  if (status != Status::ok) tls.failure = Failure{Word::connection_reset, {}};
  measurement->observations = {dns, tcp, tls};
  if (status == Status::ok) {
    Observation http = step(Stage::http, milliseconds(55), milliseconds(50));
    HttpSeen answer;
    answer.url = target.target->url;
    answer.method = "GET";
    answer.status = 200;
    answer.version = "HTTP/1.1";
    answer.first_byte = milliseconds(40);
    answer.transfer = milliseconds(10);
    http.seen = answer;
    measurement->observations.push_back(http);
  }
  Verdict verdict;
  verdict.status = status;
  verdict.rule = status == Status::ok ? "plain.all_steps" : "plain.step_failed";
  record(target, std::move(measurement), std::move(verdict), board_now() - ago);
}

}  // namespace reachd::test
