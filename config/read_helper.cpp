#include "config/endpoint.hpp"
#include "config/network.hpp"
#include "config/read.hpp"

namespace reachd {

// Of a helper only what keeps it from being anybody's tool is a fault here; what it is asked to
// reach is checked each time it is asked.
void read_helper(const Field& field, const Config& so_far, HelperSettings& helper) {
  Section section(field);
  const Field listen = section.optional("listen");
  take_listen(listen, "0.0.0.0:10981", helper.listen);
  const Field token = section.optional("token_file");
  take_path(token, so_far.file, helper.token_file);
  if (!is_loopback(helper.listen.address) && !token.present()) {
    listen.fault(
        "is not a loopback address, so a 'token_file' is needed beside it: without one, anybody "
        "could use the helper");
  }
  const Field certificate = section.optional("certificate_file");
  const Field key = section.optional("key_file");
  take_path(certificate, so_far.file, helper.certificate_file);
  take_path(key, so_far.file, helper.key_file);
  if (certificate.present() != key.present()) {
    field.fault("needs both 'certificate_file' and 'key_file' for TLS, or neither");
  }
  if (const auto concurrency = section.optional("concurrency").number(1, 1000)) {
    helper.concurrency = static_cast<int>(*concurrency);
  }
  take_rate(section.optional("rate"), helper.rate);
  take_rate(section.optional("client_rate"), helper.client_rate);
  const Field allow = section.optional("allow");
  if (allow.present()) {
    for (const Field& item : allow.one_or_more()) {
      Network network;
      if (take(item, network, parse_network)) helper.allow.push_back(*item.text());
    }
  }
  section.close();
}

}  // namespace reachd
