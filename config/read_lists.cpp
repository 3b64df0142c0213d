#include "config/read.hpp"
#include "config/wording.hpp"

namespace reachd {

void read_lists(const Field& field, const Config& so_far, std::vector<ListSettings>& lists) {
  for (const Field& entry : field.items()) {
    Section section(entry);
    ListSettings list;
    const Field file = section.required("file", "such as {file: global.csv, interval: 15m}");
    take_path(file, so_far.file, list.file);
    for (const ListSettings& other : lists) {
      if (!list.file.empty() && list.file == other.file) file.fault("is named twice");
    }
    const Field interval = section.optional("interval");
    const bool known = take_interval(interval, list.interval) || !interval.present();
    if (known && so_far.schedule.timeout >= list.interval) {
      (interval.present() ? interval : entry)
          .fault(
              "the timeout of 'schedule' must be shorter than the interval of a list: they are " +
              to_string(so_far.schedule.timeout) + " and " + to_string(list.interval));
    }
    section.close();
    lists.push_back(std::move(list));
  }
}

}  // namespace reachd
