// Tables of comma-separated values, as spreadsheets and shell scripts write them. Knows nothing of
// what the columns mean.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace reachd {

struct CsvRow {
  int line = 0;  // where it begins, from 1
  std::vector<std::string> fields;
};

struct CsvTable {
  std::vector<CsvRow> rows;   // without empty lines
  std::vector<int> unclosed;  // lines with a quote that nothing closes; they are in no row
};

// RFC 4180: fields may be quoted, and then hold commas, line ends and doubled quotes. A byte order
// mark is passed over, and so is a carriage return outside of quotes. After a quote that is never
// closed it goes on with the next line; the hundredth such line ends the reading.
CsvTable parse_csv(std::string_view text);

}  // namespace reachd
