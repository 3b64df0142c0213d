#include "daemon/remote_write/wire.hpp"

#include <snappy.h>
#include <protozero/pbf_writer.hpp>

namespace reachd::remote_write {
namespace {

// Field numbers of prompb: WriteRequest, TimeSeries, Label, Sample.
constexpr protozero::pbf_tag_type kTimeSeries = 1;
constexpr protozero::pbf_tag_type kLabels = 1;
constexpr protozero::pbf_tag_type kSamples = 2;
constexpr protozero::pbf_tag_type kLabelName = 1;
constexpr protozero::pbf_tag_type kLabelValue = 2;
constexpr protozero::pbf_tag_type kSampleValue = 1;
constexpr protozero::pbf_tag_type kSampleTimestamp = 2;

void add_label(protozero::pbf_writer& series, std::string_view name, std::string_view value) {
  protozero::pbf_writer label(series, kLabels);
  label.add_bytes(kLabelName, name.data(), name.size());
  label.add_bytes(kLabelValue, value.data(), value.size());
}

}  // namespace

void WriteRequest::add(std::span<const Label> labels, const Place& place, double value,
                       std::int64_t at) {
  protozero::pbf_writer request(bytes_);
  protozero::pbf_writer series(request, kTimeSeries);
  auto own = labels.begin();
  auto other = place.begin();
  while (own != labels.end() || other != place.end()) {
    if (own != labels.end() && (other == place.end() || own->name <= other->first)) {
      if (other != place.end() && own->name == other->first) ++other;
      add_label(series, own->name, own->value);
      ++own;
    } else {
      add_label(series, other->first, other->second);
      ++other;
    }
  }
  protozero::pbf_writer sample(series, kSamples);
  sample.add_double(kSampleValue, value);
  sample.add_int64(kSampleTimestamp, at);
  ++samples_;
}

Body WriteRequest::take() {
  Body body{{}, samples_};
  snappy::Compress(bytes_.data(), bytes_.size(), &body.bytes);
  bytes_.clear();  // its memory is used again
  samples_ = 0;
  return body;
}

}  // namespace reachd::remote_write
