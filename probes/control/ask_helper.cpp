#include "probes/control/ask_helper.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include "probes/ascent.hpp"
#include "probes/control/helper_report_json.hpp"
#include "probes/net/route.hpp"
#include "probes/steps/connect.hpp"
#include "probes/steps/http.hpp"

namespace reachd {
namespace asio = boost::asio;
using namespace std::chrono_literals;
namespace {

constexpr auto kPatience = 25s;            // for all helpers together
constexpr std::size_t kMostAddresses = 4;  // of one helper that are tried
constexpr std::size_t kMostBytes = 1024 * 1024;

asio::awaitable<std::vector<std::string>> find(net::WayOut& way, net::Resolvers& resolvers,
                                               const HelperAccess& access) {
  std::vector<std::string> addresses;
  if (!access.address.empty()) {
    addresses.push_back(access.address);
    co_return addresses;
  }
  Target target;
  target.host = access.host;
  target.timeout = 4s;
  const Climb climb{.round = Round::deep};
  Ascent ascent{way, resolvers, target, climb, Clock::now()};
  Answers answers = co_await ask(ascent, access.host, 0);
  addresses = std::move(answers.addresses);
  std::erase_if(addresses, [](const std::string& address) { return !net::has_route(address); });
  if (addresses.size() > kMostAddresses) addresses.resize(kMostAddresses);
  co_return addresses;
}

// What the exchange with the helper came to: its report, or why there is none.
HelperAnswer read(const steps::Fetched& fetched) {
  const auto& step = fetched.http ? fetched.http : fetched.tls;
  if (!step) return {{}, Failure{Word::reachd_internal, "no exchange with the helper"}};
  if (step->failure) return {{}, step->failure};
  const auto* seen = std::get_if<HttpSeen>(&step->seen);
  if (seen == nullptr || seen->status != 200 || seen->body_truncated) {
    const int status = seen == nullptr ? 0 : seen->status;
    return {{}, Failure{Word::unknown_failure, "the helper answered " + std::to_string(status)}};
  }
  auto report = parse_report(seen->body);
  if (!report) return {{}, Failure{Word::unknown_failure, "the helper's answer is not one"}};
  return {std::move(report), {}};
}

asio::awaitable<HelperAnswer> knock(net::WayOut& way, const HelperDoor& door, std::string address,
                                    std::string question, Clock::time_point deadline) {
  steps::Attempt attempt;
  attempt.peer = {std::move(address), door.access.port};
  attempt.start = Clock::now();
  attempt.deadline = deadline;
  attempt.paced = false;
  auto connected = co_await steps::connect(way, attempt);
  if (!connected.socket) co_return HelperAnswer{{}, connected.observation.failure};
  steps::HttpOptions options;
  options.url = door.access.url;
  options.method = "POST";
  options.headers = {{"Content-Type", "application/json"}};
  if (!door.token.empty()) options.headers.emplace_back("Authorization", "Bearer " + door.token);
  options.body = std::move(question);
  options.body_limit = kMostBytes;
  co_return read(
      co_await steps::fetch(way, attempt, std::move(*connected.socket), std::move(options)));
}

}  // namespace

asio::awaitable<HelperAnswer> ask_helper(net::WayOut& way, net::Resolvers& resolvers,
                                         std::vector<HelperDoor> doors, HelperQuestion question) {
  const std::string text = to_json(question);
  const Clock::time_point deadline = Clock::now() + kPatience;
  HelperAnswer answer;
  for (const HelperDoor& door : doors) {
    const auto addresses = co_await find(way, resolvers, door.access);
    if (addresses.empty()) answer.failure = Failure{Word::dns_no_answer, {}};
    for (const std::string& address : addresses) {
      answer = co_await knock(way, door, address, text, deadline);
      if (answer.report) co_return answer;
    }
  }
  co_return answer;
}

}  // namespace reachd
