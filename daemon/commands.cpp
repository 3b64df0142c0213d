#include "daemon/commands.hpp"

#include <algorithm>
#include <iostream>

#include <fmt/format.h>
#include <unistd.h>
#include <CLI/CLI.hpp>

#include "config/config.hpp"
#include "daemon/metrics.hpp"
#include "daemon/setup.hpp"
#include "daemon/status_client.hpp"
#include "daemon/version.hpp"

namespace reachd {
namespace {

// Colour and progress are for people: only on a terminal, and not where NO_COLOR asks for none.
bool is_terminal(int descriptor) {
  return ::isatty(descriptor) != 0;
}
bool wants_colour() {
  return is_terminal(STDOUT_FILENO) && std::getenv("NO_COLOR") == nullptr;
}

void add_config(CLI::App& command, std::string& config) {
  command.add_option("--config", config, "The configuration file")->capture_default_str();
}

void add_helper_options(CLI::App& command, HelperOptions& options) {
  command.add_option("--listen", options.listen, "ADDR:PORT; 127.0.0.1:10981 if nothing says more");
  command.add_option("--token-file", options.token_file, "What it holds must come with a request");
  command.add_option("--certificate", options.certificate_file, "PEM, the chain as it is sent");
  command.add_option("--key", options.key_file, "PEM");
  command.add_option("--config", options.config, "Reads the section 'helper' of this file");
  command.add_option(
      "--allow", options.allow,
      "Networks that may be reached though they are not public, such as a laboratory");
  command.add_option("--log-level", options.log_level, "debug, info, warning or error")
      ->check(CLI::IsMember({"debug", "info", "warning", "error"}))
      ->capture_default_str();
}

void add_status_options(CLI::App& command, StatusOptions& options) {
  options.colour = wants_colour();
  command.add_option("--url", options.url, "Where it listens")->capture_default_str();
  command.add_option("--ca-file", options.ca_file, "PEM, who may sign its certificate");
  command.add_option("--user", options.user, "Who asks, where a password is needed");
  command.add_option("--password-file", options.password_file, "The password, its first line");
  auto* certificate =
      command.add_option("--certificate", options.certificate_file, "PEM, of whoever asks");
  command.add_option("--key", options.key_file, "PEM")->needs(certificate);
}

// The lines that were passed over look like faults, so that editors find them; they are none.
void print(const ListReport& list, std::ostream& out, std::ostream& err) {
  constexpr std::size_t kMostLines = 50;
  for (std::size_t i = 0; i < std::min(list.skipped.size(), kMostLines); ++i) {
    const SkippedLine& skipped = list.skipped[i];
    err << list.file << ':' << skipped.line << ":1: passed over: " << skipped.why << '\n';
  }
  if (list.skipped.size() > kMostLines) {
    err << list.file << ": " << list.skipped.size() - kMostLines << " more lines passed over\n";
  }
  out << list.file << ": " << list.taken << " targets taken, " << list.skipped.size()
      << " lines passed over\n";
}

}  // namespace

int check(const CheckOptions& options, std::ostream& out, std::ostream& err) {
  const auto loaded = load_setup(options.config);
  if (const auto* faults = std::get_if<std::vector<Fault>>(&loaded)) {
    for (const Fault& fault : *faults) err << to_string(fault) << '\n';
    return kExitUsage;
  }
  const auto& [config, fingerprints, entrance, lists] = std::get<Setup>(loaded);
  for (const ListReport& list : lists) print(list, out, err);
  if (const double rounds = rounds_a_second(config); rounds > config.schedule.rate.per_second()) {
    err << options.config << ": " << fmt::format("{:.1f}", rounds)
        << " rounds a second are due, but schedule.rate allows "
        << fmt::format("{:.1f}", config.schedule.rate.per_second())
        << " new connections a second: many will be late or left out\n";
  }
  out << options.config << ": fine, " << targets_of(config).size() << " targets of "
      << config.services.size() << " services; they export " << Metrics::count_series(config)
      << " series\n";
  return kExitOk;
}

int run_command(int argc, char** argv) {
  CLI::App app{
      "Watches from here whether services can be reached, and says how they are blocked "
      "when they are not."};
  app.name("reachd");
  app.set_version_flag("--version", version_text());
  app.require_subcommand(1);

  RunOptions run_options;
  auto* run_cli =
      app.add_subcommand("run", "The daemon: measures all targets, serves page and metrics");
  add_config(*run_cli, run_options.config);
  run_cli->add_option("--state-directory", run_options.state_directory,
                      "Keep state here instead of where the configuration says");
  run_cli->add_option("--log-level", run_options.log_level, "debug, info, warning or error")
      ->check(CLI::IsMember({"debug", "info", "warning", "error"}))
      ->capture_default_str();

  CheckOptions check_options;
  auto* check_cli =
      app.add_subcommand("check", "Reads the configuration and prints all that is wrong with it");
  add_config(*check_cli, check_options.config);

  ProbeOptions probe_options;
  auto* probe_cli =
      app.add_subcommand("probe", "Measures now and prints each ladder with its verdict");
  add_config(*probe_cli, probe_options.config);
  probe_cli->add_flag("--json", probe_options.json, "One measurement a line, in OONI's format");
  probe_cli->add_flag("--deep", probe_options.deep, "All addresses and all resolvers");
  probe_cli->add_option("--rounds", probe_options.rounds, "How often")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  probe_cli->add_option("TARGET", probe_options.targets, "SERVICE or SERVICE/TARGET; all if none");

  JudgeOptions judge_options;
  auto* judge_cli = app.add_subcommand(
      "judge", "Judges measurements of ours and of OONI's afresh, from their observations alone");
  judge_cli->add_flag("--json", judge_options.json, "One object a line");
  judge_cli->add_flag("--changes", judge_options.changes,
                      "Tells the confirmed changes of each series, not each verdict");
  judge_cli->add_option("--fingerprints", judge_options.fingerprints,
                        "Known block pages and false answers, in OONI's format");
  judge_cli->add_option("FILE", judge_options.files,
                        "JSON lines or one object, .gz or .zst too; - for standard input");

  HelperOptions helper_options;
  auto* helper_cli = app.add_subcommand(
      "helper",
      "The control on the free side: tells those with its token how others are from there");
  add_helper_options(*helper_cli, helper_options);

  StatusOptions status_options;
  auto* status_cli = app.add_subcommand("status", "Asks a running daemon how its targets are");
  add_status_options(*status_cli, status_options);

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kExitOk : kExitUsage;
  }
  if (run_cli->parsed()) return run(run_options);
  if (helper_cli->parsed()) return run_helper(helper_options);
  if (check_cli->parsed()) return check(check_options, std::cout, std::cerr);
  if (judge_cli->parsed()) return judge_files(judge_options, std::cout, std::cerr);
  if (status_cli->parsed()) return print_status(status_options, std::cout, std::cerr);
  probe_options.colour = wants_colour();
  probe_options.progress = is_terminal(STDERR_FILENO);
  return probe(probe_options, std::cout, std::cerr);
}

}  // namespace reachd
