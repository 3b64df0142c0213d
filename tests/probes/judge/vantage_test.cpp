#include "probes/judge/vantage.hpp"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace reachd {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

using Controls = std::vector<ControlResult>;

ControlResult fine(Side side = Side::foreign) {
  ControlResult control;
  control.name = "control";
  control.side = side;
  control.ok = true;
  control.families = {Family::ipv4};
  control.addresses = {"198.41.0.4"};
  return control;
}

ControlResult failing(Word word, Stage stage = Stage::tcp, Side side = Side::foreign) {
  ControlResult control = fine(side);
  control.ok = false;
  control.failures = {{.stage = stage, .family = Family::ipv4, .failure = {word, {}}}};
  return control;
}

ControlResult silent(Side side = Side::foreign) {
  return failing(Word::generic_timeout_error, Stage::tcp, side);
}

ControlResult off_by(std::chrono::seconds offset) {
  ControlResult control = fine();
  control.clock_offset = offset;
  return control;
}

ControlResult sent_to(const std::string& host) {
  ControlResult control = silent();
  control.redirected_to = host;
  return control;
}

ControlResult at(const std::string& address) {
  ControlResult control = silent();
  control.addresses = {address};
  return control;
}

ControlResult signed_by(const std::string& issuer, bool ok = false) {
  ControlResult control =
      ok ? fine() : failing(Word::ssl_unknown_authority, Stage::tls, Side::foreign);
  control.issuer = issuer;
  return control;
}

// Each rule at its bounds: with what it takes, and with a little less.
TEST(Vantage, IsWhatItsControlsSay) {
  const auto ours = failing(Word::reachd_no_ports);
  const struct {
    const char* name;
    Controls controls;
    const char* rule;
  } table[] = {
      {"none", {}, "vantage.no_controls"},
      {"all fine", {fine(), fine(Side::domestic)}, "vantage.online"},
      {"most failures are our own", {ours, ours, silent(), fine()}, "vantage.own_fault"},
      {"half of the failures are our own", {ours, silent(), fine()}, "vantage.online"},
      {"two clocks agree that ours is off", {off_by(700s), off_by(650s)}, "vantage.clock"},
      {"slow", {off_by(-700s), off_by(-650s), fine()}, "vantage.clock"},
      {"off, yet not by enough to matter", {off_by(500s), off_by(510s)}, "vantage.online"},
      {"one clock alone", {off_by(86'400s), fine()}, "vantage.online"},
      {"two that are off, each in its own way", {off_by(86'400s), off_by(7200s)}, "vantage.online"},
      {"two of four are off",
       {off_by(900s), off_by(900s), off_by(0s), off_by(1s)},
       "vantage.online"},
      {"all sent to one place",
       {sent_to("login.example"), sent_to("login.example")},
       "vantage.portal"},
      {"two in one private place", {at("10.0.0.1"), at("10.0.0.1"), silent()}, "vantage.portal"},
      {"one of them is fine",
       {sent_to("login.example"), sent_to("login.example"), fine()},
       "vantage.online"},
      {"each sent elsewhere",
       {sent_to("a.example"), sent_to("b.example")},
       "vantage.nothing_answers"},
      {"one authority for all", {signed_by("CN=Box"), signed_by("CN=Box")}, "vantage.interception"},
      {"none is trusted", {signed_by("CN=One"), signed_by("CN=Two")}, "vantage.trust_store"},
      {"one is not", {signed_by("CN=One"), fine()}, "vantage.online"},
      {"two are not, a third is",
       {signed_by("CN=One"), signed_by("CN=One"), signed_by("CN=Real", true)},
       "vantage.online"},
      {"nothing answers", {silent(), silent(Side::domestic)}, "vantage.nothing_answers"},
      {"the only control is silent", {silent()}, "vantage.online"},
      {"all but one are silent", {silent(), silent(), fine()}, "vantage.online"},
      {"none abroad answers", {silent(), silent(), fine(Side::domestic)}, "vantage.border"},
      {"the only one abroad does not", {silent(), fine(Side::domestic)}, "vantage.online"},
      {"none at home answers", {fine(), fine(), silent(Side::domestic)}, "vantage.online"},
  };
  for (const auto& row : table) {
    EXPECT_EQ(judge_vantage(row.controls).rule, row.rule) << row.name;
  }
}

TEST(Vantage, VouchesForTheOutsideOnlyIfSomebodyThereAnswers) {
  EXPECT_TRUE(judge_vantage({silent(), fine()}).vouched);
  EXPECT_FALSE(judge_vantage({silent(), fine(Side::domestic)}).vouched);
}

TEST(Vantage, VouchesForTheTrustStoreOnlyIfACertificateWasFine) {
  EXPECT_TRUE(judge_vantage({signed_by("CN=Real", true)}).trust_vouched);
  EXPECT_FALSE(judge_vantage({fine()}).trust_vouched);  // it came in clear
  EXPECT_FALSE(judge_vantage({signed_by("CN=Box")}).trust_vouched);
}

TEST(Vantage, AFamilyIsBrokenOnlyIfItFailsForSeveralAndForAll) {
  EXPECT_THAT(judge_vantage({silent(), silent(Side::domestic)}).broken, ElementsAre(Family::ipv4));
  EXPECT_THAT(judge_vantage({silent()}).broken, IsEmpty());
  EXPECT_THAT(judge_vantage({silent(), silent(), fine()}).broken, IsEmpty());
  // A name that is not found says nothing of the way.
  const auto nameless = failing(Word::dns_nxdomain_error, Stage::dns);
  EXPECT_THAT(judge_vantage({nameless, nameless}).broken, IsEmpty());
}

}  // namespace
}  // namespace reachd
