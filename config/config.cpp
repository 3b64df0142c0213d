#include "config/config.hpp"

#include "config/endpoint.hpp"
#include "config/read.hpp"
#include "config/read_web.hpp"
#include "config/text_file.hpp"
#include "config/wording.hpp"
#include "config/yaml_reader.hpp"
#include "config/yaml_tree.hpp"

namespace reachd {
namespace {

void take_body_limit(const Field& field, std::size_t& out) {
  std::uint64_t bytes = out;
  take_bytes(field, bytes, 1024, 16 * 1024 * 1024,
             "from 1KiB (a block page fits) to 16MiB (it is kept in memory, once per round in "
             "flight); 64KiB is usual");
  out = bytes;
}

void read_config(const Field& root, Config& config) {
  Section section(root);
  read_vantage(section.optional("vantage"), config.vantage);
  read_web(section.optional("web"), config);
  read_listen(section.optional("listen"), section.optional("insecure"), config);
  read_schedule(section.optional("schedule"), config.schedule);
  Section tls(section.optional("tls"));
  take_path(tls.optional("ca_file"), config.file, config.ca_file);
  tls.close();
  read_resolvers(section.optional("resolvers"), config.resolvers);
  read_controls(section.optional("controls"), config, config.controls);
  Section fingerprints(section.optional("fingerprints"));
  take_path(fingerprints.optional("dns"), config.file, config.fingerprints.dns);
  take_path(fingerprints.optional("http"), config.file, config.fingerprints.http);
  fingerprints.close();
  const Field helper = section.optional("helper");
  if (helper.present()) read_helper(helper, config, config.helper.emplace());
  constexpr std::string_view kServices =
      "what is to be measured, such as services: [{name: example, targets: [{name: web, url: "
      "https://www.example.org/}]}]";
  const Field lists = section.optional("lists");
  const bool may_be_absent = helper.present() || lists.present();
  read_services(
      may_be_absent ? section.optional("services") : section.required("services", kServices),
      config, config.services);
  read_lists(lists, config, config.lists);
  read_state(section.optional("state"), config.file, config.state);
  read_detector(section.optional("detector"), config.false_alarms);
  read_alertmanager(section.optional("alertmanager"), config.file, config.alertmanager);
  read_remote_write(section.optional("remote_write"), config.file, config.remote_write);
  take_body_limit(section.optional("body_limit"), config.body_limit);
  section.close();
}

}  // namespace

std::string to_string(const Fault& fault) {
  return fault.file + ":" + std::to_string(fault.line) + ":" + std::to_string(fault.column) + ": " +
         fault.key + ": " + fault.why;
}

Loaded parse_config(const std::string& text, const std::string& file) {
  const auto parsed = parse_yaml(text, file);
  if (const auto* fault = std::get_if<Fault>(&parsed)) return std::vector<Fault>{*fault};
  const auto& root = std::get<YamlNode>(parsed);
  if (root.kind == YamlNode::Kind::empty) {
    return std::vector<Fault>{{file, 0, 0, "file", "is empty: the shipped reachd.yaml is a start"}};
  }
  Config config;
  config.file = file;
  Faults faults(file);
  read_config(Field(root, "", faults), config);
  if (!faults.empty()) return std::move(faults).in_order();
  return config;
}

Loaded load_config(const std::string& file) {
  // One byte more than is allowed tells the parser that there was more.
  const auto text = read_text_file(file, kLongestYaml + 1);
  if (text) return parse_config(*text, file);
  return std::vector<Fault>{{file, 0, 0, "file", "cannot be read: " + text.error()}};
}

std::vector<SharedTarget> targets_of(const Config& config) {
  std::vector<SharedTarget> targets;
  for (const auto& service : config.services) {
    for (const auto& target : service.targets) {
      if (target->enabled) targets.push_back(target);
    }
  }
  return targets;
}

}  // namespace reachd
