#include "daemon/metrics.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include "config/measures_same.hpp"
#include "daemon/exposition.hpp"
#include "daemon/process_series.hpp"
#include "daemon/record_series.hpp"
#include "daemon/remote_write/push_series.hpp"
#include "daemon/target_series.hpp"
#include "daemon/version.hpp"
#include "daemon/web_series.hpp"

namespace reachd {
namespace {

using Labels = std::map<std::string, std::string>;

// Being late by a loop's turn is fine; by seconds is a machine that cannot keep up.
const prometheus::Histogram::BucketBoundaries kLagBuckets{0.001, 0.005, 0.025, 0.1, 0.5, 1, 5, 30};

remote_write::Texts texts_of(const std::shared_ptr<const Samples>& samples) {
  return {
      samples->targets(),
      [samples](std::size_t target, std::string& text) { samples->render_target(target, text); },
      [samples](std::size_t target) { return samples->name(target); }};
}

double epoch(std::chrono::system_clock::time_point time) {
  return std::chrono::duration<double>(time.time_since_epoch()).count();
}

}  // namespace

struct Metrics::Series {
  prometheus::Registry registry;  // all but the targets' own
  ProcessSeries process{registry};
  RecordSeries records{registry};
  WebSeries web{registry};
  remote_write::PushSeries pushes{registry};
  prometheus::Family<prometheus::Gauge>& controls =
      prometheus::BuildGauge()
          .Name("reachd_control_reachable")
          .Help("1 if every step to the control was fine in its latest round.")
          .Register(registry);
  prometheus::Family<prometheus::Gauge>& vantage =
      prometheus::BuildGauge()
          .Name("reachd_vantage_status")
          .Help("1 for the state of the place we measure from, as the controls show it.")
          .Register(registry);
  prometheus::Family<prometheus::Counter>& resolver_answers =
      prometheus::BuildCounter()
          .Name("reachd_resolver_answers_total")
          .Help("Questions to a resolver by how they ended, \"none\" without a failure.")
          .Register(registry);
  prometheus::Histogram& lag = prometheus::BuildHistogram()
                                   .Name("reachd_scheduler_lag_seconds")
                                   .Help("Start of a round minus its due time.")
                                   .Register(registry)
                                   .Add({}, kLagBuckets);
  prometheus::Gauge& in_flight =
      gauge("reachd_rounds_in_flight",
            "Rounds at work, without those that only listen for late answers.");
  prometheus::Counter& skipped =
      prometheus::BuildCounter()
          .Name("reachd_rounds_skipped_total")
          .Help("Rounds left out because a whole interval passed before their turn came.")
          .Register(registry)
          .Add({});
  prometheus::Gauge& reload_successful = gauge("reachd_config_last_reload_successful",
                                               "1 if the latest reading of the file succeeded.");
  prometheus::Gauge& reload_at = gauge("reachd_config_last_reload_timestamp_seconds",
                                       "When the configuration in force was read.");

  // A target and what is told of it.
  struct Told {
    SharedTarget target;
    TargetSeries series;
  };
  TargetShapes shapes;
  using Targets = std::unordered_map<std::string, Told>;
  using Ordered = std::vector<const Targets::value_type*>;  // by id
  Targets targets;                                          // by id
  Ordered shown;                                            // what is exported of them
  std::string asked;  // the id of the target that a round is of; its memory is used again
  std::map<std::string, prometheus::Gauge*> control_series;
  std::array<prometheus::Gauge*, kVantageStatuses.size()> vantage_series{};
  // By name, then by failure ("none" without one).
  std::map<std::string, std::map<std::string, prometheus::Counter*, std::less<>>> resolvers;

  prometheus::Gauge& gauge(const std::string& name, const std::string& help) {
    return prometheus::BuildGauge().Name(name).Help(help).Register(registry).Add({});
  }
  void count_answer(const std::string& resolver, std::string_view failure, double answers);
  static Ordered in_order(const Targets& of);
  static std::shared_ptr<const Samples> samples_of(const Ordered& of);
  remote_write::Texts configure_targets(const std::vector<SharedTarget>& planned);
  void configure_controls(const Config& config);
  void configure_resolvers(const Config& config);
};

Metrics::Metrics() : series_(std::make_unique<Series>()) {
  prometheus::Labels parts{{"version", REACHD_VERSION}};
  for (auto& [name, version] : built_of()) parts.emplace(name, version);
  prometheus::BuildGauge()
      .Name("reachd_build_info")
      .Help("What this program is built of.")
      .Register(series_->registry)
      .Add(parts)
      .Set(1);
  for (std::size_t i = 0; i < kVantageStatuses.size(); ++i) {
    const std::string status(to_string(kVantageStatuses.at(i)));
    series_->vantage_series.at(i) = &series_->vantage.Add({{"status", status}});
  }
  observe_vantage(VantageStatus::online);  // until a control says otherwise
}

Metrics::~Metrics() = default;

Metrics::Series::Ordered Metrics::Series::in_order(const Targets& of) {
  Ordered ordered;
  ordered.reserve(of.size());
  for (const auto& one : of) ordered.push_back(&one);
  std::ranges::sort(ordered, {}, [](const auto* one) -> const std::string& { return one->first; });
  return ordered;
}

std::shared_ptr<const Samples> Metrics::Series::samples_of(const Ordered& of) {
  auto samples = std::make_shared<Samples>();
  for (const auto* one : of) samples->expect(one->second.series.samples());
  for (const auto* one : of) samples->add(one->second.series.samples());
  return samples;
}

// A target keeps its series as long as it measures the same: with its scheme its phases change.
remote_write::Texts Metrics::Series::configure_targets(const std::vector<SharedTarget>& planned) {
  Targets next;
  for (const SharedTarget& target : planned) {
    std::string its_id = id_of(target);
    const auto known = targets.find(its_id);
    if (known != targets.end() && measures_same(known->second.target, target)) {
      known->second.target = target;
      next.insert(targets.extract(known));
    } else {
      TargetSeries series(target, shapes);
      next.emplace(std::move(its_id), Told{target, std::move(series)});
    }
  }
  shown = in_order(next);
  const Targets departed = std::exchange(targets, std::move(next));
  return texts_of(samples_of(in_order(departed)));
}

void Metrics::Series::configure_controls(const Config& config) {
  std::map<std::string, prometheus::Gauge*> next;
  for (const auto* group : {&config.controls.domestic, &config.controls.foreign}) {
    for (const Target& control : *group) {
      const std::string id = id_of(control);
      const auto known = control_series.find(id);
      next[id] = known != control_series.end() ? known->second : &controls.Add({{"control", id}});
    }
  }
  for (const auto& [id, series] : control_series) {
    if (!next.contains(id)) controls.Remove(series);
  }
  control_series = std::move(next);
}

void Metrics::Series::count_answer(const std::string& resolver, std::string_view failure,
                                   double answers) {
  const auto known = resolvers.find(resolver);
  if (known == resolvers.end()) return;
  auto& counters = known->second;
  auto counter = counters.find(failure);
  if (counter == counters.end()) {
    const std::string name(failure);
    counter =
        counters.emplace(name, &resolver_answers.Add({{"resolver", resolver}, {"failure", name}}))
            .first;
  }
  counter->second->Increment(answers);
}

void Metrics::Series::configure_resolvers(const Config& config) {
  auto gone = std::exchange(resolvers, {});
  for (const ResolverSettings& resolver : config.resolvers) {
    if (auto known = gone.extract(resolver.name)) resolvers.insert(std::move(known));
    resolvers.try_emplace(resolver.name);
    count_answer(resolver.name, "none", 0);
    count_answer(resolver.name, "generic_timeout_error", 0);
  }
  for (const auto& [name, counters] : gone) {
    for (const auto& [failure, counter] : counters) resolver_answers.Remove(counter);
  }
}

remote_write::Texts Metrics::configure(const Config& config) {
  return configure(config, targets_of(config));
}

remote_write::Texts Metrics::configure(const Config& config,
                                       const std::vector<SharedTarget>& targets) {
  auto departed = series_->configure_targets(targets);
  series_->configure_controls(config);
  series_->configure_resolvers(config);
  return departed;
}

void Metrics::observe(const Measurement& measurement, const Verdict& verdict, const State& state,
                      const Change* change) {
  for (const Observation& step : measurement.observations) {
    const auto* seen = std::get_if<DnsSeen>(&step.seen);
    if (seen == nullptr || step.purpose != Purpose::ladder) continue;
    series_->count_answer(seen->resolver, step.failure ? to_string(step.failure->word) : "none", 1);
  }
  series_->asked.assign(measurement.service).append("/").append(measurement.target);
  const auto found = series_->targets.find(series_->asked);
  if (found != series_->targets.end()) {
    found->second.series.observe(measurement, verdict, state, change);
  }
}

void Metrics::observe_state(const std::string& id, const State& state) {
  const auto found = series_->targets.find(id);
  if (found != series_->targets.end()) found->second.series.observe_state(state);
}

void Metrics::observe_vantage(VantageStatus status) {
  for (std::size_t i = 0; i < kVantageStatuses.size(); ++i) {
    series_->vantage_series.at(i)->Set(kVantageStatuses.at(i) == status ? 1 : 0);
  }
}

void Metrics::observe_control(const std::string& control, bool reachable) {
  const auto found = series_->control_series.find(control);
  if (found != series_->control_series.end()) found->second->Set(reachable ? 1 : 0);
}

void Metrics::count_notification(bool delivered) {
  series_->records.count_notification(delivered);
}

void Metrics::observe_records(const store::Health& store, const archive::Counts& archive,
                              const Worker::Load& load) {
  series_->records.observe(store, archive, load);
}

void Metrics::observe_web(const web::Tally& tally) {
  series_->web.observe(tally);
}

void Metrics::observe_lag(std::chrono::duration<double> lag) {
  series_->lag.Observe(lag.count());
}

void Metrics::set_rounds_in_flight(std::size_t rounds) {
  series_->in_flight.Set(static_cast<double>(rounds));
}

void Metrics::count_skipped_round() {
  series_->skipped.Increment();
}

void Metrics::observe_reload(bool successful, std::chrono::system_clock::time_point at) {
  series_->reload_successful.Set(successful ? 1 : 0);
  if (successful) series_->reload_at.Set(epoch(at));
}

void Metrics::observe_pushes(const std::map<std::string, remote_write::PushCounts>& counts) {
  series_->pushes.observe(counts);
}

remote_write::Collected Metrics::collect() const {
  series_->process.refresh();
  auto lines = std::make_shared<std::string>();
  for (const auto& [name, family] : render(series_->registry)) *lines += family.samples;
  return {std::move(lines), texts_of(Series::samples_of(series_->shown))};
}

std::function<bool(std::string&)> Metrics::snapshot() const {
  series_->process.refresh();
  ExpositionReader reader(render(series_->registry), TargetShape::families(),
                          Series::samples_of(series_->shown));
  return [reader = std::move(reader)](std::string& piece) mutable { return reader.read(piece); };
}

std::size_t Metrics::count_series(const Config& config) {
  Metrics metrics;
  Series& all = *metrics.series_;
  all.configure_controls(config);
  all.configure_resolvers(config);
  std::size_t series = 0;
  for (const Service& service : config.services) {
    for (const Target& target : service.targets) {
      if (target.enabled) series += all.shapes.of(target)->samples.size();
    }
  }
  for (const auto& [name, family] : render(all.registry)) {
    series += static_cast<std::size_t>(std::ranges::count(family.samples, '\n'));
  }
  return series;
}

std::string Metrics::text() const {
  std::string text;
  const auto read = snapshot();
  while (read(text)) {
  }
  return text;
}

}  // namespace reachd
