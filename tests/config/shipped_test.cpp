// The configuration that is installed: it must load, and hold what the contract promises.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "config/config.hpp"

namespace reachd {
namespace {

Config shipped() {
  const auto loaded = load_config(REACHD_SOURCE_DIR "/config/reachd.yaml");
  if (const auto* faults = std::get_if<std::vector<Fault>>(&loaded)) {
    for (const auto& fault : *faults) ADD_FAILURE() << to_string(fault);
    return {};
  }
  return std::get<Config>(loaded);
}

const Target* find(const std::vector<SharedTarget>& targets, const std::string& url) {
  const auto found = std::find_if(targets.begin(), targets.end(), [&](const Target& target) {
    return target.url.starts_with(url);
  });
  return found == targets.end() ? nullptr : &**found;
}

TEST(ShippedConfiguration, WatchesWhatTheMissionNames) {
  const auto targets = targets_of(shipped());
  for (const char* url :
       {"https://www.google.com/", "https://mail.google.com/", "imaps://imap.gmail.com",
        "smtp://smtp.gmail.com:587", "smtps://smtp.gmail.com", "https://www.apple.com/",
        "https://www.apple.com.cn/", "https://itunes.apple.com/", "https://www.icloud.com/",
        "https://www.icloud.com.cn/", "https://www.microsoft.com/",
        "https://login.microsoftonline.com/", "imaps://outlook.office365.com",
        "https://www.facebook.com/", "https://www.instagram.com/", "https://web.whatsapp.com/",
        "https://www.amazon.com/", "https://www.amazon.cn/"}) {
    EXPECT_TRUE(find(targets, url)) << url;
  }
  EXPECT_GE(targets.size(), 20U);
  EXPECT_LE(targets.size(), 25U);
  const Target* submission = find(targets, "smtp://smtp.gmail.com:587");
  ASSERT_TRUE(submission);
  EXPECT_EQ(submission->starttls, Starttls::required);
  EXPECT_EQ(submission->port, 587);
}

TEST(ShippedConfiguration, HasControlsOnBothSidesAndResolversOfSeveralKinds) {
  const Config config = shipped();
  EXPECT_GE(config.controls.domestic.size(), 2U);
  EXPECT_GE(config.controls.foreign.size(), 3U);
  std::set<ResolverSettings::Kind> kinds;
  for (const auto& resolver : config.resolvers) kinds.insert(resolver.kind);
  EXPECT_TRUE(kinds.contains(ResolverSettings::Kind::system));
  EXPECT_TRUE(kinds.contains(ResolverSettings::Kind::udp));
  EXPECT_TRUE(kinds.contains(ResolverSettings::Kind::doh));
}

TEST(ShippedConfiguration, KeepsToItselfAndToTheRateThatItPromises) {
  const Config config = shipped();
  EXPECT_EQ(config.listen, (Listen{"127.0.0.1", 10980}));
  EXPECT_FALSE(config.insecure);
  // A light round opens about one connection; a third of the rate is left for retries.
  double per_second = 0;
  for (const auto& target : targets_of(config)) {
    per_second += 1000.0 / static_cast<double>(target->interval.count());
  }
  EXPECT_LT(per_second, config.schedule.rate.per_second() * 2 / 3);
}

// Its comments explain the defaults; a value that differs from them would be a lie in one place.
TEST(ShippedConfiguration, SaysTheDefaults) {
  const Config config = shipped();
  const Config defaults;
  EXPECT_EQ(config.schedule, defaults.schedule);
  EXPECT_EQ(config.ca_file, defaults.ca_file);
  EXPECT_EQ(config.state, defaults.state);
  EXPECT_EQ(config.false_alarms, defaults.false_alarms);
  EXPECT_EQ(config.body_limit, defaults.body_limit);
}

}  // namespace
}  // namespace reachd
