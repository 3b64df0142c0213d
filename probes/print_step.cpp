#include "probes/print_step.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "probes/plain_words.hpp"
#include "probes/print.hpp"

namespace reachd {
namespace {

using WallClock = std::chrono::system_clock;

std::string number(double value, int decimals, const char* unit) {
  char text[400];  // the largest double has 309 digits
  std::snprintf(text, sizeof text, "%.*f%s", decimals, value, unit);
  return text;
}

std::string bytes_text(double bytes) {
  if (bytes < 1024) return number(bytes, 0, " B");
  if (bytes < 1024 * 1024) return number(bytes / 1024, 1, " KiB");
  return number(bytes / (1024 * 1024), 1, " MiB");
}

// The records that answer the question: addresses, or what was asked for, or else all.
std::string answer_text(const DnsReply& reply, const std::string& query_type) {
  constexpr std::size_t kShown = 2;
  std::vector<const DnsRecord*> fitting;
  for (const DnsRecord& record : reply.answers) {
    const bool address = record.type == "A" || record.type == "AAAA";
    if (record.type == query_type || (query_type == "ANY" && address)) fitting.push_back(&record);
  }
  if (fitting.empty()) {
    for (const DnsRecord& record : reply.answers) fitting.push_back(&record);
  }
  std::string text;
  for (std::size_t i = 0; i < std::min(fitting.size(), kShown); ++i) {
    if (i > 0) text += ", ";
    if (fitting[i]->type == "CNAME") text += "CNAME ";
    text += escape_for_people(fitting[i]->data, 60);
  }
  if (fitting.size() > kShown) {
    text += ", … (" + std::to_string(fitting.size() - kShown) + " more)";
  }
  return text.empty() ? "nothing" : text;
}

std::string ordinal(std::size_t n) {
  const bool teen = n % 100 >= 11 && n % 100 <= 13;
  const char* suffix = teen          ? "th"
                       : n % 10 == 1 ? "st"
                       : n % 10 == 2 ? "nd"
                       : n % 10 == 3 ? "rd"
                                     : "th";
  return std::to_string(n) + suffix;
}

void describe(const Observation& step, const DnsSeen& seen, StepText& text) {
  constexpr std::size_t kNotes = 6;
  const std::string peer = step.peer.address.empty() ? seen.url : to_string(step.peer);
  text.where = escape_for_people(seen.resolver, 32);
  if (peer != seen.resolver && !peer.empty()) text.where += " " + escape_for_people(peer, 60);
  text.what = escape_for_people(seen.query_type, 12) + " " + escape_for_people(seen.hostname, 60);
  const auto believed = static_cast<std::size_t>(seen.answer);
  const bool answered = seen.answer >= 0 && believed < seen.replies.size();
  if (step.failure) {
    text.what += ": " + plain_words(step);
  } else {
    text.what +=
        " → " + (answered ? answer_text(seen.replies[believed], seen.query_type) : "nothing");
  }
  for (std::size_t i = 0; i < seen.replies.size(); ++i) {
    if (answered && i == believed) continue;
    if (text.notes.size() == kNotes) {
      text.notes.push_back("… and more");
      break;
    }
    const DnsReply& reply = seen.replies[i];
    text.notes.push_back(
        ordinal(i + 1) + " answer after " + duration_text(reply.at - step.began) +
        (answered && i < believed ? ", not believed: " : ": ") +
        (reply.failure ? plain_words(*reply.failure) : answer_text(reply, seen.query_type)));
  }
}

void describe(const Observation& step, const TcpSeen& seen, StepText& text) {
  text.what = step.failure ? plain_words(step) : "connected";
  if (!seen.info) return;
  if (seen.info->rtt.count() > 0) text.what += ", round trip " + duration_text(seen.info->rtt);
  if (seen.info->retransmits > 0) {
    text.what += ", " + std::to_string(seen.info->retransmits) + " sent again";
  }
}

// The common name of a distinguished name as RFC 2253 writes it, or the organisation, or all of it.
std::string short_name(const std::string& name) {
  for (const std::string_view key : {"CN=", "O="}) {
    for (std::size_t at = 0; (at = name.find(key, at)) != std::string::npos; ++at) {
      if (at > 0 && name[at - 1] != ',' && name[at - 1] != '+') continue;
      const std::size_t begin = at + key.size();
      std::size_t end = begin;
      while (end < name.size() && name[end] != ',') end += name[end] == '\\' ? 2 : 1;
      return escape_for_people(std::string_view(name).substr(begin, end - begin), 40);
    }
  }
  return escape_for_people(name, 40);
}

std::string validity_text(const Certificate& certificate, WallClock::time_point now) {
  constexpr std::int64_t kDay = 86400;
  const std::int64_t today = WallClock::to_time_t(now);
  if (certificate.not_before > today) return "not valid yet";
  const bool expired = certificate.not_after < today;
  // Far from every sane year, hostile input could overflow the difference.
  const auto seconds = static_cast<double>(certificate.not_after) - static_cast<double>(today);
  const std::string days = number(std::abs(std::trunc(seconds / kDay)), 0, "");
  const std::string unit = days == "1" ? " day" : " days";
  return expired ? "expired " + days + unit + " ago" : days + unit + " left";
}

void describe(const Observation& step, const TlsSeen& seen, WallClock::time_point now,
              StepText& text) {
  std::string agreed;
  for (const std::string* part : {&seen.version, &seen.cipher, &seen.alpn}) {
    if (part->empty()) continue;
    if (!agreed.empty()) agreed += ' ';
    agreed += escape_for_people(*part, 40);
  }
  const Certificate* leaf = seen.chain.empty() ? nullptr : &seen.chain.front();
  if (step.failure) {
    text.what = plain_words(step);
    if (leaf != nullptr) {
      text.notes.push_back("certificate of " + short_name(leaf->subject) + ", issued by " +
                           short_name(leaf->issuer) + ", " + validity_text(*leaf, now));
    }
    return;
  }
  text.what = agreed;
  if (leaf == nullptr) return;
  text.what += ", " + short_name(leaf->issuer) + ", " + validity_text(*leaf, now);
}

void describe(const Observation& step, const HttpSeen& seen, StepText& text) {
  if (seen.status == 0) {
    text.what = step.failure ? plain_words(step) : "no answer";
    return;
  }
  text.what = std::to_string(seen.status);
  if (!seen.version.empty()) text.what += " " + escape_for_people(seen.version, 12);
  if (step.failure) {
    text.what +=
        ", " + bytes_text(static_cast<double>(seen.body.size())) + ", then " + plain_words(step);
    return;
  }
  if (!seen.location.empty()) {
    text.what += " → " + escape_for_people(seen.location, 80);
    return;
  }
  text.what += ", " + bytes_text(static_cast<double>(seen.body.size()));
  if (seen.body_truncated) text.what += " of more";
  if (seen.bytes_per_second > 0) text.what += ", " + bytes_text(seen.bytes_per_second) + "/s";
  if (!seen.title.empty()) text.what += ", \"" + escape_for_people(seen.title, 40) + "\"";
}

void describe(const Observation& step, const MailSeen& seen, StepText& text) {
  text.what = escape_for_people(seen.greeting, 60);
  if (seen.greeting.empty() && !step.failure) {
    text.what = std::to_string(seen.capabilities.size()) + " capabilities over TLS";
  }
  if (seen.starttls_accepted) text.what += ", STARTTLS accepted";
  if (!step.failure) return;
  text.what += (text.what.empty() ? "" : ", then ") + plain_words(step);
  if (!seen.last_reply.empty() && seen.last_reply != seen.greeting) {
    text.notes.push_back("last reply: " + escape_for_people(seen.last_reply, 80));
  }
}

}  // namespace

std::string duration_text(Micros time) {
  const double ms = static_cast<double>(time.count()) / 1000;
  if (ms < 9.95) return number(ms, 1, " ms");
  return ms < 999.5 ? number(ms, 0, " ms") : number(ms / 1000, 3, " s");
}

StepText describe(const Observation& step, WallClock::time_point now) {
  StepText text;
  if (step.stage != Stage::dns) text.where = escape_for_people(to_string(step.peer), 60);
  if (const auto* dns = std::get_if<DnsSeen>(&step.seen)) {
    describe(step, *dns, text);
  } else if (const auto* tcp = std::get_if<TcpSeen>(&step.seen)) {
    describe(step, *tcp, text);
  } else if (const auto* tls = std::get_if<TlsSeen>(&step.seen)) {
    describe(step, *tls, now, text);
  } else if (const auto* http = std::get_if<HttpSeen>(&step.seen)) {
    describe(step, *http, text);
  } else if (const auto* mail = std::get_if<MailSeen>(&step.seen)) {
    describe(step, *mail, text);
  } else {
    text.what = step.failure ? plain_words(step) : "nothing seen";
  }
  return text;
}

}  // namespace reachd
