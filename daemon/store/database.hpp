// SQLite as a value with an end: opens, prepares, binds, steps, and throws what goes wrong. Used on
// one thread by the store alone, which turns what is thrown into values at its border.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace reachd::store {

// What a fault of the store means for going on.
enum class Trouble : std::uint8_t {
  none,
  full,       // no space: heals by itself
  read_only,  // no writing, or no opening, here: heals if somebody mends it
  locked,     // somebody else has the file
  corrupt,    // the file is damaged, or no database
  newer,      // written by a later version of this program
  other,      // reading or writing failed
};
std::string_view to_string(Trouble trouble);

class DatabaseError : public std::runtime_error {
 public:
  DatabaseError(Trouble kind, const std::string& text) : std::runtime_error(text), trouble(kind) {}
  Trouble trouble;
};

// A prepared statement, bound from left to right, stepped to its end, then used again.
class Statement {
 public:
  Statement(sqlite3* database, std::string_view sql);

  Statement& bind(std::int64_t value);
  Statement& bind(std::string_view text);  // copied
  Statement& bind_null();
  bool step();  // true: there is a row
  void run();   // to the end, and ready again
  void reset();

  std::int64_t integer(int column) const;
  std::optional<std::int64_t> maybe(int column) const;  // nothing: NULL
  std::string text(int column) const;

 private:
  struct Finish {
    void operator()(sqlite3_stmt* statement) const;
  };
  void check(int code);

  sqlite3* database_;
  std::unique_ptr<sqlite3_stmt, Finish> statement_;
  int bound_ = 0;
};

class Database {
 public:
  enum class Access : std::uint8_t { write, read };

  // Locks the file for this process alone, as long as it is open: SQLite then keeps the index of
  // its log in its own memory, and no mapped file can end the process where a disk is full.
  // `read`: for a file that cannot be written, its log included; nothing is locked.
  Database(const std::string& path, Access access);

  void run(const char* sql);             // one or more statements without values
  Statement& prepared(const char* sql);  // made once for each text, reset; `sql` lives for ever
  std::int64_t number(const char* sql);  // the first column of the first row; 0 if there is none

 private:
  struct Close {
    void operator()(sqlite3* database) const;
  };
  std::unique_ptr<sqlite3, Close> database_;
  std::map<const char*, Statement> statements_;
};

// One transaction: rolled back unless it came to commit().
class Transaction {
 public:
  explicit Transaction(Database& database);
  ~Transaction();
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  void commit();

 private:
  Database& database_;
  bool open_ = true;
};

}  // namespace reachd::store
