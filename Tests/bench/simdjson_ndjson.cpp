// A rival of the row encoder: response to NDJSON in memory with simdjson on demand.
//
//   c++ -O3 simdjson_ndjson.cpp -lsimdjson -o simdjson_ndjson
//   ./simdjson_ndjson RESPONSE nested|string [REPETITIONS [OUTPUT]]
//
// Written as one would who wants speed from it: the columns' prefixes are made once, a value is
// copied as the document has it (raw_json, after the validation that on demand gives for that), the
// output is one buffer that is made large enough before. With `nested` a dynamic becomes the JSON that
// it holds, as logexport writes it: it is unescaped, validated by a parser, and copied. With `string`
// it stays the string that it came as.

#include <simdjson.h>

#include <cstdio>
#include <cstring>
#include <ctime>
#include <memory>
#include <string>
#include <vector>

using namespace simdjson;

struct Output {
  std::unique_ptr<char[]> bytes;
  size_t capacity = 0, count = 0;

  void reserve(size_t more) {
    if (count + more <= capacity) return;
    capacity = (count + more) * 2;
    std::unique_ptr<char[]> larger(new char[capacity]);
    std::memcpy(larger.get(), bytes.get(), count);
    bytes = std::move(larger);
  }
  void append(std::string_view text) {
    std::memcpy(bytes.get() + count, text.data(), text.size());
    count += text.size();
  }
};

// Validates what on demand would validate for whoever reads the value, and returns its text.
static std::string_view checked(ondemand::value value) {
  switch (value.type().value()) {
  case ondemand::json_type::string: return value.raw_json_token();
  case ondemand::json_type::number: {
    std::string_view token = value.raw_json_token();
    ondemand::number number = value.get_number();
    (void)number;
    return token;
  }
  case ondemand::json_type::boolean: {
    std::string_view token = value.raw_json_token();
    bool flag = value.get_bool();
    (void)flag;
    return token;
  }
  case ondemand::json_type::null: {
    std::string_view token = value.raw_json_token();
    if (!value.is_null().value()) throw simdjson_error(INCORRECT_TYPE);
    return token;
  }
  case ondemand::json_type::array: return ondemand::array(value).raw_json();
  default: return ondemand::object(value).raw_json();
  }
}

// The text that a dynamic holds where that is JSON, else the string as it stands.
static std::string_view nested(ondemand::value value, dom::parser &validator) {
  std::string_view token = value.raw_json_token();
  std::string_view text;
  if (value.get_string().get(text)) return token;
  // The unescaped text lies in the parser's own buffer, which has room behind it.
  dom::element element;
  if (validator.parse(text.data(), text.size(), false).get(element)) return token;
  return text;
}

static size_t encode(
  ondemand::parser &parser, dom::parser &validator, const padded_string &json, bool nests, Output &output) {
  output.count = 0;
  size_t rows = 0;
  ondemand::document document = parser.iterate(json);
  for (ondemand::object table : document["tables"].get_array()) {
    std::vector<std::string> prefixes;
    std::vector<bool> isNested;
    size_t width = 4;
    for (ondemand::object column : table["columns"].get_array()) {
      std::string_view name = column["name"].raw_json_token();
      while (name.back() != '"') name.remove_suffix(1);
      prefixes.push_back((prefixes.empty() ? "{" : ",") + std::string(name) + ":");
      width += prefixes.back().size();
      isNested.push_back(nests && column["type"].get_string().value() == "dynamic");
    }
    for (ondemand::array row : table["rows"].get_array()) {
      size_t column = 0;
      for (ondemand::value value : row) {
        if (column == prefixes.size()) throw simdjson_error(INDEX_OUT_OF_BOUNDS);
        bool nest = isNested[column] && value.type() == ondemand::json_type::string;
        std::string_view text = nest ? nested(value, validator) : checked(value);
        // A token is given with the white space behind it.
        while (!text.empty() && static_cast<unsigned char>(text.back()) <= ' ') text.remove_suffix(1);
        if (column == 0) output.reserve(width);
        output.reserve(text.size() + width);
        output.append(prefixes[column++]);
        output.append(text);
      }
      if (column != prefixes.size()) throw simdjson_error(INDEX_OUT_OF_BOUNDS);
      output.append("}\n");
      rows++;
    }
  }
  return rows;
}

static double processor_seconds() {
  timespec time;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return time.tv_sec + time.tv_nsec / 1e9;
}

int main(int count, char **words) {
  if (count < 3) {
    return std::fprintf(stderr, "usage: simdjson_ndjson RESPONSE nested|string [REPETITIONS [OUTPUT]]\n"), 64;
  }
  bool nests = std::strcmp(words[2], "nested") == 0;
  int repetitions = count > 3 ? std::atoi(words[3]) : 5;
  try {
    padded_string json = padded_string::load(words[1]);
    ondemand::parser parser;
    dom::parser validator;
    Output output;
    output.reserve(json.size() * 2);
    double best = 1e9;
    size_t rows = 0;
    for (int run = 0; run < repetitions; run++) {
      double start = processor_seconds();
      rows = encode(parser, validator, json, nests, output);
      best = std::min(best, processor_seconds() - start);
    }
    if (count > 4) {
      std::FILE *file = std::fopen(words[4], "w");
      if (!file || std::fwrite(output.bytes.get(), 1, output.count, file) != output.count || std::fclose(file)) {
        return std::perror(words[4]), 1;
      }
    }
    std::printf(
      "{\"name\": \"simdjson on demand, %s\", \"bytes\": %zu, \"rows\": %zu, \"seconds\": %g}\n",
      get_active_implementation()->name().c_str(), json.size(), rows, best);
  } catch (const simdjson_error &error) {
    return std::fprintf(stderr, "%s\n", error.what()), 1;
  }
}
