// Measurements built up step by step, as the ladder and the diagnosis would see a world: for tests
// of the judge. Public addresses, a clock of its own, nothing random.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "probes/measurement.hpp"

namespace reachd::test {

inline constexpr const char* kRight = "198.41.0.4";    // what the target's name has
inline constexpr const char* kSecond = "199.7.83.42";  // another address of it
inline constexpr const char* kWrong = "192.33.4.12";   // of somebody else
inline constexpr const char* kRight6 = "2001:503:ba3e::2:30";

class Scene {
 public:
  explicit Scene(std::string url = "https://www.example.net/");

  // Questions. A resolver called doh, dot or tcp is asked over that.
  Scene& answers(const std::string& resolver, std::vector<std::string> addresses,
                 Purpose purpose = Purpose::ladder, int depth = 0);
  Scene& refuses(const std::string& resolver, Word word, Purpose purpose = Purpose::ladder,
                 int depth = 0);
  // Of the question made last: its failure came as a reply, not of silence.
  Scene& replies_nothing();
  // One question with several replies; the first is believed.
  Scene& contradicts(const std::string& resolver, std::vector<std::string> replies);

  // Connections to port 443, or 80 for http. `stage` and `word` tell where and how it ends; without
  // them all goes well, with a page of 200.
  Scene& visits(const std::string& address, Purpose purpose = Purpose::ladder, int depth = 0);
  Scene& stops(const std::string& address, Stage stage, Word word,
               Purpose purpose = Purpose::ladder, int depth = 0);
  // Of the connection made last:
  Scene& port(std::uint16_t port);
  Scene& after(int milliseconds);  // how long the step took that failed
  Scene& round_trip(int milliseconds);
  Scene& counters(std::uint64_t bytes_acked, std::uint32_t unacked, std::uint32_t retransmits);
  Scene& certificate(std::string subject, std::string issuer, std::string key = "aa");
  Scene& alert();
  Scene& residual();
  Scene& page(int status, std::string body,
              std::vector<std::pair<std::string, std::string>> headers = {});
  Scene& points_to(std::string location);
  Scene& read_bytes(std::size_t length, double per_second = 0);
  Scene& stands_still(int milliseconds);   // at the end
  Scene& received(std::uint64_t bytes);    // in all, over the connection
  Scene& lost(std::uint32_t retransmits);  // of what we sent, in vain
  Scene& at_url(std::string url);          // was asked for there
  Scene& secured();                        // over TLS, whatever the target's scheme
  Scene& talk(MailSeen seen, std::optional<Word> word = std::nullopt);

  // What others know.
  Scene& helper(std::vector<std::string> addresses = {kRight});  // all is fine out there
  Scene& helper_connect(const std::string& address, std::string failure, std::uint16_t port = 443);
  Scene& helper_handshake(const std::string& address, std::string failure);
  Scene& helper_request(std::string failure, int status = 200, std::int64_t length = 1000);
  Scene& helper_name(std::string failure);
  Scene& controls(bool domestic_ok = true, bool foreign_ok = true);
  Scene& before(Status status, std::string kind, std::string rule = {});  // the newest first
  Scene& fingerprint(std::string scope, std::vector<std::string> countries = {});  // last step

  Measurement made;

 private:
  Observation& last(Stage stage);
  Observation& add(Stage stage, const Endpoint& peer, Purpose purpose, int depth, int transaction);

  int transactions_ = 0;
  int clock_ = 0;  // milliseconds
};

}  // namespace reachd::test
