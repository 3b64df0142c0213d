#include "probes/steps/mail_talk.hpp"

#include <array>
#include <string_view>

#include <openssl/err.h>
#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

namespace reachd::steps {
namespace asio = boost::asio;
using boost::system::error_code;
namespace {

Failure failure_of(error_code error) {
  if (error == asio::error::eof || error == asio::ssl::error::stream_truncated) {
    return {Word::eof_error, {}};
  }
  if (error.category() == asio::error::get_ssl_category()) {
    const char* const reason = ERR_reason_error_string(static_cast<unsigned long>(error.value()));
    return {Word::unknown_failure, std::string("tls: ") + (reason != nullptr ? reason : "error")};
  }
  if (error.category() == boost::system::system_category())
    return failure_from_errno(error.value());
  return {Word::unknown_failure, error.message()};
}

// The operation's result, or which of the two ended it early: our deadline, or whoever called us
// off.
template <typename Operation>
asio::awaitable<std::pair<std::optional<Failure>, std::size_t>> within(
    asio::any_io_executor executor, Clock::time_point deadline, Operation operation) {
  asio::steady_timer timer(executor, deadline);
  auto both = asio::experimental::make_parallel_group(std::move(operation),
                                                      timer.async_wait(asio::deferred));
  const auto [order, error, size, expired] =
      co_await both.async_wait(asio::experimental::wait_for_one(), asio::use_awaitable);
  if (!error) co_return std::pair(std::optional<Failure>(), size);
  Failure failure = failure_of(error);
  if (error == asio::error::operation_aborted && !expired) {
    failure = {Word::generic_timeout_error, {}};
  }
  co_return std::pair(std::optional(std::move(failure)), size);
}

}  // namespace

asio::awaitable<Heard> MailTalk::listen(Clock::time_point deadline) {
  return read_reply(wire::MailReply::greeting(protocol_), deadline);
}

asio::awaitable<Heard> MailTalk::ask(std::string command, Clock::time_point deadline) {
  std::string tag;
  if (protocol_ == wire::MailProtocol::imap) {
    tag = "a" + std::to_string(++commands_);
    command.insert(0, tag + ' ');
  }
  auto reply = wire::MailReply::answer(protocol_, std::move(tag));
  auto [failure, sent] = co_await write(std::move(command) + "\r\n", deadline);
  if (failure) co_return Heard{std::move(reply), std::move(failure)};
  co_return co_await read_reply(std::move(reply), deadline);
}

asio::awaitable<Heard> MailTalk::read_reply(wire::MailReply reply, Clock::time_point deadline) {
  Heard heard{std::move(reply), std::nullopt};
  while (heard.reply.state() == wire::MailReply::State::more) {
    if (pending_.empty()) {
      std::array<char, 4096> chunk;
      auto [failure, size] = co_await read_some(chunk.data(), chunk.size(), deadline);
      heard.failure = std::move(failure);
      if (heard.failure) co_return heard;
      pending_.assign(chunk.data(), size);
    }
    if (heard.first_byte == Clock::time_point{}) heard.first_byte = Clock::now();
    std::string_view bytes = pending_;
    heard.reply.feed(bytes);
    pending_.erase(0, pending_.size() - bytes.size());
  }
  if (heard.reply.state() == wire::MailReply::State::broken) {
    heard.failure = Failure{Word::unknown_failure, heard.reply.fault()};
  }
  co_return heard;
}

asio::awaitable<MailTalk::Transferred> MailTalk::read_some(char* data, std::size_t size,
                                                           Clock::time_point deadline) {
  const auto buffer = asio::buffer(data, size);
  if (secure_) {
    co_return co_await within(secure_->get_executor(), deadline,
                              secure_->async_read_some(buffer, asio::deferred));
  }
  co_return co_await within(plain_.get_executor(), deadline,
                            plain_.async_read_some(buffer, asio::deferred));
}

asio::awaitable<MailTalk::Transferred> MailTalk::write(std::string bytes,
                                                       Clock::time_point deadline) {
  const auto buffer = asio::buffer(bytes);
  if (secure_) {
    co_return co_await within(secure_->get_executor(), deadline,
                              asio::async_write(*secure_, buffer, asio::deferred));
  }
  co_return co_await within(plain_.get_executor(), deadline,
                            asio::async_write(plain_, buffer, asio::deferred));
}

std::optional<TcpInfo> MailTalk::tcp_info() {
  auto& socket = secure_ ? secure_->next_layer() : plain_;
  return socket.is_open() ? tcp_info_of(socket.native_handle()) : std::nullopt;
}

}  // namespace reachd::steps
