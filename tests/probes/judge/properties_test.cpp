// What must hold of any measurement at all, over many that are made up from the parts that rules
// look at.
#include <algorithm>
#include <random>
#include <ranges>

#include <gmock/gmock.h>

#include "probes/judge/judge.hpp"
#include "tests/support/measurements.hpp"
#include "tests/support/scene.hpp"

namespace reachd {
namespace {

using test::kRight;
using test::kSecond;
using test::kWrong;
using test::Scene;

// Worlds are told apart by their seeds. A test takes a slice of them, so that the slices run side
// by side and none comes near the time a test may take, on a slow machine under a sanitizer either.
constexpr int kWorlds = 100'000;
constexpr int kSlices = 10;
constexpr int kWorldsInSlice = kWorlds / kSlices;
static_assert(kWorldsInSlice * kSlices == kWorlds);

int certainty(Status status) {
  return status == Status::blocked ? 2 : status == Status::likely_blocked ? 1 : 0;
}

class Dice {
 public:
  explicit Dice(std::uint64_t seed) : random_(seed) {}
  std::size_t below(std::size_t bound) { return random_() % bound; }
  bool one_in(std::size_t n) { return below(n) == 0; }
  template <typename T>
  T pick(std::initializer_list<T> of) {
    return *(of.begin() + below(of.size()));
  }
  std::mt19937_64& engine() { return random_; }

 private:
  std::mt19937_64 random_;
};

Word any_word(Dice& dice) {
  return dice.pick({Word::generic_timeout_error, Word::connection_refused, Word::connection_reset,
                    Word::eof_error, Word::ssl_unknown_authority, Word::ssl_invalid_hostname,
                    Word::host_unreachable});
}

Word own_word(Dice& dice) {
  return dice.pick({Word::reachd_cancelled, Word::reachd_no_descriptors, Word::reachd_no_memory,
                    Word::reachd_no_ports, Word::reachd_internal});
}

Scene any_scene(Dice& dice) {
  Scene scene(dice.pick<const char*>({"https://www.example.net/", "http://www.example.net/"}));
  const auto address = [&] {
    return dice.pick<const char*>({kRight, kSecond, kWrong, "10.0.0.1"});
  };
  for (const char* resolver : {"system", "google", "doh"}) {
    if (dice.one_in(3)) continue;
    const Purpose purpose =
        dice.pick({Purpose::ladder, Purpose::ladder, Purpose::resolver, Purpose::innocent_name});
    if (dice.one_in(4)) {
      scene.refuses(resolver,
                    dice.pick({Word::dns_nxdomain_error, Word::dns_refused_error,
                               Word::generic_timeout_error}),
                    purpose);
    } else if (dice.one_in(6)) {
      scene.contradicts(resolver, {address(), address(), address()});
    } else {
      scene.answers(resolver, {address()}, purpose);
    }
  }
  if (dice.one_in(5)) {
    scene.answers("x",
                  dice.one_in(2) ? std::vector<std::string>{} : std::vector<std::string>{kWrong},
                  Purpose::non_resolver);
    scene.answers("x", {}, Purpose::non_resolver_check);
  }
  const std::size_t visits = dice.below(5);
  for (std::size_t i = 0; i < visits; ++i) {
    const Purpose purpose =
        dice.pick({Purpose::ladder, Purpose::ladder, Purpose::ladder, Purpose::retry,
                   Purpose::sni_swap, Purpose::host_swap, Purpose::proxy, Purpose::connect_only});
    scene.visits(address(), purpose);
    if (dice.one_in(2)) {
      scene.made.observations.back().failure = Failure{any_word(dice), {}};
      scene.after(static_cast<int>(dice.below(80)));
    }
    if (dice.one_in(9)) scene.fingerprint(dice.pick<const char*>({"isp", "fp", "vbw"}), {"CN"});
  }
  if (dice.one_in(2)) {
    scene.helper({kRight, kSecond});
    if (dice.one_in(3)) scene.helper_connect(kRight, "connection_refused_error");
    if (dice.one_in(3)) scene.helper_request("unknown_error");
  }
  if (dice.one_in(2)) scene.controls(!dice.one_in(5), !dice.one_in(5));
  if (dice.one_in(3)) {
    scene.before(Status::likely_blocked,
                 dice.pick<const char*>({"tls.reset.sni", "tcp.timeout", "dns.hijack"}));
  }
  return scene;
}

bool clears_nothing(const Measurement& made) {
  if (!made.helper) return false;
  const auto fine = [](const auto& seen) { return seen.failure.empty(); };
  return std::ranges::all_of(made.helper->connects, fine) &&
         std::ranges::all_of(made.helper->handshakes, fine) && fine(*made.helper->request);
}

void forget_what_works(Measurement& made) {
  made.helper->connects.clear();
  made.helper->handshakes.clear();
  made.helper->request.reset();
}

class JudgeProperties : public testing::TestWithParam<int> {
 protected:
  auto seeds() const {
    return std::views::iota(GetParam() * kWorldsInSlice, (GetParam() + 1) * kWorldsInSlice);
  }
};

INSTANTIATE_TEST_SUITE_P(Slice, JudgeProperties, testing::Range(0, kSlices));

TEST_P(JudgeProperties, OwnFaultsNeverAccuse) {
  for (const int seed : seeds()) {
    Dice dice(static_cast<std::uint64_t>(seed));
    Scene scene = any_scene(dice);
    scene.made.fingerprints.clear();
    for (Observation& step : scene.made.observations) {
      if (step.failure || std::holds_alternative<DnsSeen>(step.seen)) {
        step.failure = Failure{own_word(dice), {}};
      }
      // What came back in clear is compared with the helper's page, and may rightly accuse.
      if (auto* http = std::get_if<HttpSeen>(&step.seen)) http->status = 0;
    }
    ASSERT_EQ(certainty(judge(scene.made).status), 0) << "seed " << seed;
  }
}

TEST_P(JudgeProperties, TheOrderOfObservationsMakesNoDifference) {
  for (const int seed : seeds()) {
    Dice dice(static_cast<std::uint64_t>(seed));
    Measurement made = any_scene(dice).made;
    made.fingerprints.clear();
    Measurement shuffled = made;
    std::ranges::shuffle(shuffled.observations, dice.engine());
    const Verdict one = judge(made);
    const Verdict other = judge(shuffled);
    ASSERT_EQ(one.status, other.status) << "seed " << seed << " " << one.rule << " " << other.rule;
    ASSERT_EQ(one.kinds, other.kinds) << "seed " << seed;
    ASSERT_EQ(one.evidence.size(), other.evidence.size()) << "seed " << seed;
  }
}

// What accuses is taken away: what others saw, swaps, rounds before, known pages. What is left may
// not accuse more than the whole did.
TEST_P(JudgeProperties, LessEvidenceIsNeverMoreCertain) {
  for (const int seed : seeds()) {
    Dice dice(static_cast<std::uint64_t>(seed));
    const Measurement whole = any_scene(dice).made;
    Measurement less = whole;
    switch (dice.below(4)) {
      case 0:
        less.past = {};
        break;
      case 1:
        std::erase_if(less.fingerprints,
                      [](const FingerprintMatch& match) { return match.scope != "fp"; });
        break;
      case 2:
        // What it clears is no evidence against anybody: it goes only where it found all fine.
        if (clears_nothing(whole)) forget_what_works(less);
        break;
      default:
        std::erase_if(less.observations, [](const Observation& step) {
          return step.purpose == Purpose::sni_swap && !step.failure;
        });
        less.fingerprints.clear();
    }
    ASSERT_LE(certainty(judge(less).status), certainty(judge(whole).status))
        << "seed " << seed << " " << judge(whole).rule << " became " << judge(less).rule;
  }
}

// The outside and we meet the same: all fine, or the same server that is broken, with losses here
// and there that a further try makes good.
TEST_P(JudgeProperties, ABenignWorldIsNeverCalledBlocked) {
  for (const int seed : seeds()) {
    Dice dice(static_cast<std::uint64_t>(seed));
    Scene scene("https://www.example.net/");
    scene.answers("system", {kRight});
    const bool broken = dice.one_in(2);
    const Stage stage = dice.pick({Stage::tcp, Stage::tls, Stage::http});
    const bool lossy = dice.one_in(3);
    const Word word =
        broken ? any_word(dice)
               : dice.pick({Word::generic_timeout_error, Word::connection_reset, Word::eof_error});
    if (broken || lossy) {
      scene.stops(kRight, stage, word);
    } else {
      scene.visits(kRight);
    }
    if (lossy && !broken) scene.visits(kRight, Purpose::retry);
    if (broken) scene.stops(kRight, stage, word, Purpose::sni_swap);
    scene.helper();
    if (broken) {
      scene.helper_request("unknown_error");
      if (stage == Stage::tcp) scene.helper_connect(kRight, "connect_error");
      if (stage != Stage::http) scene.helper_handshake(kRight, "connection_reset");
    }
    if (dice.one_in(2)) scene.controls();
    if (dice.one_in(4)) scene.made.helper.reset();
    const Verdict verdict = judge(scene.made);
    ASSERT_EQ(certainty(verdict.status), 0) << "seed " << seed << " " << verdict.rule;
  }
}

TEST(Judge, AnythingAtAllIsJudgedAndNamesEvidenceThatExists) {
  for (std::uint64_t seed = 0; seed < 20'000; ++seed) {
    const Measurement made = test::made_up_measurement(seed);
    const Verdict verdict = judge(made);
    for (const int index : verdict.evidence) {
      ASSERT_GE(index, 0);
      ASSERT_LT(static_cast<std::size_t>(index), made.observations.size());
    }
    ASSERT_FALSE(verdict.rule.empty()) << "seed " << seed;
  }
}

}  // namespace
}  // namespace reachd
