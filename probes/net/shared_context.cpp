#include "probes/net/shared_context.hpp"

#include <dlfcn.h>

#include <new>

namespace reachd::net {
namespace {

thread_local const SharedContext* offered = nullptr;

}  // namespace

SharedContext::SharedContext() : context_(SSL_CTX_new(TLS_client_method()), &SSL_CTX_free) {
  if (!context_) throw std::bad_alloc();
  options_ = SSL_CTX_get_options(context_.get());
  least_version_ = static_cast<int>(SSL_CTX_get_min_proto_version(context_.get()));
  most_version_ = static_cast<int>(SSL_CTX_get_max_proto_version(context_.get()));
}

SSL_CTX* SharedContext::give() const {
  SSL_CTX* const context = context_.get();
  SSL_CTX_clear_options(context, SSL_CTX_get_options(context));
  SSL_CTX_set_options(context, options_);
  SSL_CTX_set_min_proto_version(context, least_version_);
  SSL_CTX_set_max_proto_version(context, most_version_);
  SSL_CTX_set_alpn_protos(context, nullptr, 0);
  SSL_CTX_set_verify(context, SSL_VERIFY_NONE, nullptr);
  SSL_CTX_set_cert_verify_callback(context, nullptr, nullptr);
  SSL_CTX_set_msg_callback(context, nullptr);
  SSL_CTX_set_msg_callback_arg(context, nullptr);
  SSL_CTX_up_ref(context);
  return context;
}

SharedContext::Offer::Offer(const SharedContext& shared) {
  offered = &shared;
}

SharedContext::Offer::~Offer() {
  offered = nullptr;
}

}  // namespace reachd::net

extern "C" SSL_CTX* SSL_CTX_new(const SSL_METHOD* method) {
  using Maker = SSL_CTX* (*)(const SSL_METHOD*);
  static const auto make = reinterpret_cast<Maker>(::dlsym(RTLD_NEXT, "SSL_CTX_new"));
  const auto* const shared = reachd::net::offered;
  return shared != nullptr && method == TLS_client_method() ? shared->give() : make(method);
}
