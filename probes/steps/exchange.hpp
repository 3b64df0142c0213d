// One request and its answer as libcurl carries them out: sets the handle up, and notes what goes
// by. It measures and bounds; what a failure is called is http_failure's business.
#pragma once

#include <string>
#include <string_view>

#include <curl/curl.h>

#include "probes/net/curl_easy.hpp"
#include "probes/net/tls_watch.hpp"
#include "probes/net/trust_store.hpp"
#include "probes/observation.hpp"
#include "probes/steps/handover.hpp"
#include "probes/steps/http.hpp"

namespace reachd::steps {

// The handle points into the object: it neither moves nor is copied.
class Exchange {
 public:
  // `trust` must outlive the exchange.
  Exchange(const net::TrustStore& trust, const Endpoint& peer, net::Socket socket,
           HttpOptions options);
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;

  CURL* easy() const { return easy_.get(); }  // null if there was no memory
  const Handover& handover() const { return handover_; }
  const net::TlsWatch& watch() const { return watch_; }
  std::string error_text() const { return error_; }  // libcurl's; empty if it said nothing

  bool secured() const;  // the TLS handshake is done and proven
  bool requested() const { return request_sent_ != Clock::time_point{}; }
  Clock::time_point request_sent() const { return request_sent_; }
  // When the last byte of the body came; before the clock began if none did.
  Clock::time_point last_byte() const { return last_byte_; }
  bool header_too_large() const { return header_too_large_; }
  bool header_complete() const { return header_complete_; }
  bool body_full() const { return seen_.body_truncated; }

  // Once, after the transfer has ended at `ended`: what was seen, derived facts included.
  bool answer_began() const;  // a byte of an answer came
  HttpSeen take_seen(Clock::time_point ended);
  std::vector<std::string> cookies() const;  // the jar, within HttpOptions' bounds

 private:
  void set_request();
  void set_connection(const Endpoint& peer);
  void set_tls();

  static CURLcode on_context(CURL*, void* context, void* self);
  static int on_debug(CURL*, curl_infotype type, char* data, std::size_t size, void* self);
  static std::size_t on_header(char* data, std::size_t size, std::size_t count, void* self);
  static std::size_t on_body(char* data, std::size_t size, std::size_t count, void* self);
  bool note_header(std::string_view line);
  void note_request(std::string_view text);

  const net::TrustStore& trust_;
  HttpOptions options_;
  HttpSeen seen_;
  net::TlsWatch watch_;
  Handover handover_;
  net::CurlList headers_;
  net::CurlList connect_to_;
  char error_[CURL_ERROR_SIZE] = "";
  Clock::time_point request_sent_{};
  Clock::time_point last_byte_{};
  std::size_t header_bytes_ = 0;
  bool header_open_ = false;
  bool header_complete_ = false;
  bool header_too_large_ = false;
  net::CurlEasy easy_;  // the last: it is destroyed before all that it points to
};

}  // namespace reachd::steps
