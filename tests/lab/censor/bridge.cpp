#include "tests/lab/censor/bridge.hpp"

#include <poll.h>

#include <algorithm>
#include <ctime>
#include <utility>

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "tests/lab/censor/packet.hpp"

namespace censor {
namespace {

// A frame or two thousand at a turn: what is due must not wait for a storm to pass.
constexpr int kFramesATurn = 256;

timespec until(Time due) {
  const auto wait = std::max(due - std::chrono::steady_clock::now(), Time::duration(0));
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(wait);
  return {seconds.count(), static_cast<long>(std::chrono::nanoseconds(wait - seconds).count())};
}

}  // namespace

Bridge::Bridge(std::vector<Path> paths, const std::optional<std::string>& control) {
  for (Path& path : paths) {
    WireEnd inside(path.inside);
    WireEnd outside(path.outside);
    wires_.push_back({std::move(path), std::move(inside), std::move(outside), {}, {}});
  }
  if (control) {
    control_.emplace(*control);
  }
}

void Bridge::run(int stop) {
  std::vector<pollfd> waited;
  for (;;) {
    while (!due_.empty() && due_.next() <= std::chrono::steady_clock::now()) {
      const Time now = due_.next();
      perform(due_.take(), now);
    }
    waited.assign(1, {stop, POLLIN, 0});
    for (const Wire& wire : wires_) {
      waited.push_back({wire.inside.descriptor(), POLLIN, 0});
      waited.push_back({wire.outside.descriptor(), POLLIN, 0});
    }
    if (control_) {
      control_->add_to(waited);
    }
    const timespec wait = due_.empty() ? timespec{3600, 0} : until(due_.next());
    if (ppoll(waited.data(), waited.size(), &wait, nullptr) < 0) {
      continue;
    }
    if (waited.front().revents != 0) {
      return;
    }
    for (std::size_t wire = 0; wire < wires_.size(); ++wire) {
      receive(wire);
    }
    const auto others = waited.begin() + 1 + static_cast<std::ptrdiff_t>(2 * wires_.size());
    if (std::any_of(others, waited.end(), [](const pollfd& one) { return one.revents != 0; })) {
      control_->serve([this](std::string_view line) { return answer(line); });
    }
  }
}

void Bridge::receive(std::size_t index) {
  Wire& wire = wires_[index];
  for (int i = 0; i < kFramesATurn; ++i) {
    auto arrival = wire.inside.receive();
    if (!arrival) {
      break;
    }
    ++wire.out.frames;
    wire.out.bytes += arrival->frame.size();
    auto packet = parse_packet(std::move(arrival->frame));
    if (!packet) {
      perform({index, Step::send_outside, std::move(arrival->frame)}, arrival->at);
      continue;
    }
    due_.add(arrival->at + wire.path.delay(packet->destination.address),
             {index, Step::send_outside, std::move(packet->frame)});
  }
  for (int i = 0; i < kFramesATurn; ++i) {
    auto arrival = wire.outside.receive();
    if (!arrival) {
      break;
    }
    ++wire.in.frames;
    wire.in.bytes += arrival->frame.size();
    auto packet = parse_packet(std::move(arrival->frame));
    if (!packet) {
      perform({index, Step::send_inside, std::move(arrival->frame)}, arrival->at);
      continue;
    }
    due_.add(arrival->at + wire.path.delay(packet->source.address),
             {index, Step::judge_incoming, std::move(packet->frame)});
  }
}

void Bridge::perform(Due due, Time) {
  Wire& wire = wires_[due.wire];
  WireEnd& end = due.step == Step::send_outside ? wire.outside : wire.inside;
  if (!end.send(due.frame)) {
    ++unsent_;
  }
}

std::string Bridge::answer(std::string_view line) {
  if (line == "counters") {
    return counters();
  }
  return "error: no such command";
}

std::string Bridge::counters() const {
  boost::json::object wires;
  for (const Wire& wire : wires_) {
    wires[wire.path.name] = {
        {"out", {{"frames", wire.out.frames}, {"bytes", wire.out.bytes}}},
        {"in", {{"frames", wire.in.frames}, {"bytes", wire.in.bytes}}},
    };
  }
  return boost::json::serialize(boost::json::object{{"wires", wires}, {"unsent", unsent_}});
}

}  // namespace censor
