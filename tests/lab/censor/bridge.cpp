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

Bridge::Bridge(std::vector<Path> paths, Censor censor, const std::optional<std::string>& control)
    : censor_(std::move(censor)) {
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
    judge(index, Direction::out, std::move(*packet), arrival->at);
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

void Bridge::perform(Due due, Time now) {
  Wire& wire = wires_[due.wire];
  if (due.step == Step::judge_incoming) {
    if (auto packet = parse_packet(std::move(due.frame))) {
      judge(due.wire, Direction::in, std::move(*packet), now);
    }
    return;
  }
  WireEnd& end = due.step == Step::send_outside ? wire.outside : wire.inside;
  if (!end.send(due.frame)) {
    ++unsent_;
  }
}

void Bridge::judge(std::size_t wire, Direction direction, Packet packet, Time now) {
  const bool inwards = direction == Direction::in;
  // Whatever goes out because of this packet goes to, or past, the same place.
  const auto one_way =
      wires_[wire].path.delay(inwards ? packet.source.address : packet.destination.address);
  Outcome outcome = censor_.judge(wire, direction, packet, now);
  const auto leaves = [&](bool inside, Time::duration after, Bytes frame) {
    leave(wire, inside, now + after + (inside ? Time::duration(0) : Time::duration(one_way)),
          std::move(frame));
  };
  for (Leaving& forged : outcome.forged) {
    leaves(forged.inside, forged.after, std::move(forged.frame));
  }
  if (outcome.gone) {
    return;
  }
  for (const Time::duration after : outcome.copies) {
    leaves(inwards, outcome.delay + after, packet.frame);
  }
  leaves(inwards, outcome.delay, std::move(packet.frame));
}

void Bridge::leave(std::size_t wire, bool inside, Time at, Bytes frame) {
  due_.add(at, {wire, inside ? Step::send_inside : Step::send_outside, std::move(frame)});
}

std::string Bridge::answer(std::string_view line) {
  const std::size_t space = line.find(' ');
  const std::string_view command = line.substr(0, space);
  const std::string_view name = space == std::string_view::npos ? "" : line.substr(space + 1);
  if (command == "enable" || command == "disable") {
    return censor_.enable(name, command == "enable") ? "ok" : "error: no such rule";
  }
  if (command == "epoch") {
    censor_.set_epoch(std::chrono::steady_clock::now());
    return "ok";
  }
  return command == "counters" ? counters() : "error: no such command";
}

std::string Bridge::counters() const {
  boost::json::object wires;
  for (const Wire& wire : wires_) {
    wires[wire.path.name] = {
        {"out", {{"frames", wire.out.frames}, {"bytes", wire.out.bytes}}},
        {"in", {{"frames", wire.in.frames}, {"bytes", wire.in.bytes}}},
    };
  }
  return boost::json::serialize(
      boost::json::object{{"wires", wires}, {"rules", censor_.counters()}, {"unsent", unsent_}});
}

}  // namespace censor
