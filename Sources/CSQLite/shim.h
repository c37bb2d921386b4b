#pragma once
#include <sqlite3.h>

// SQLITE_TRANSIENT is a cast that Swift does not import, and sqlite3_config is
// variadic.

/// `sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0)`: no count of the memory in use,
/// whose lock every allocation takes.
static inline int logexport_sqlite_leave_memory_uncounted(void) {
  return sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

/// `sqlite3_bind_text64` of a copy; an empty text is no null.
static inline int logexport_bind_text(
  sqlite3_stmt *statement, int index, const unsigned char *text, sqlite3_uint64 length
) {
  return sqlite3_bind_text64(
    statement, index, text ? (const char *)text : "", length, SQLITE_TRANSIENT, SQLITE_UTF8);
}

/// `sqlite3_result_text64` of a copy; an empty text is no null.
static inline void logexport_result_text(
  sqlite3_context *context, const unsigned char *text, sqlite3_uint64 length
) {
  sqlite3_result_text64(context, text ? (const char *)text : "", length, SQLITE_TRANSIENT, SQLITE_UTF8);
}

// A module's own structures begin with SQLite's; Swift does not promise the
// order of a structure's members.

/// A virtual table and what Swift knows of it.
typedef struct {
  sqlite3_vtab base;
  void *table;
} logexport_vtab;

/// A cursor of a virtual table and what Swift knows of it.
typedef struct {
  sqlite3_vtab_cursor base;
  void *cursor;
} logexport_vtab_cursor;
