/// Values in the spelling of the service's answers.
extension ByteSink {
  /// Decimal digits.
  func append(_ number: Int64) {
    append(atMost: 20) { target in
      var magnitude = number.magnitude
      var length = number < 0 ? 1 : 0
      var probe = magnitude
      repeat {
        length += 1
        probe /= 10
      } while probe > 0
      var place = length
      repeat {
        place -= 1
        target[place] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: magnitude % 10)
        magnitude /= 10
      } while magnitude > 0
      if number < 0 { target[0] = UInt8(ascii: "-") }
      return length
    }
  }

  /// The shortest digits that give the same number; what JSON cannot write is
  /// a string.
  func append(_ number: Double) {
    if number.isFinite { return append(number.description) }
    append(number.isNaN ? "\"NaN\"" as StaticString : number < 0 ? "\"-Infinity\"" : "\"Infinity\"")
  }

  /// `"2015-12-31T23:59:59.9Z"`: ticks, the fraction without its last zeros.
  func append(datetime ticks: Int64) {
    append("\"")
    append(iso: ticks)
    append("\"")
  }

  /// The same without quotes.
  func append(iso ticks: Int64) {
    append(atMost: 32) { target in
      let days = ticks / Ticks.day
      let date = Ticks.date(ofDay: days)
      let rest = ticks - days * Ticks.day
      Digits.write(date.year, 4, target)
      target[4] = UInt8(ascii: "-")
      Digits.write(date.month, 2, target + 5)
      target[7] = UInt8(ascii: "-")
      Digits.write(date.day, 2, target + 8)
      target[10] = UInt8(ascii: "T")
      var end = 11 + Digits.writeClock(rest / Ticks.second, target + 11)
      var fraction = rest % Ticks.second
      if fraction > 0 {
        target[end] = UInt8(ascii: ".")
        var places = 7
        while fraction % 10 == 0 {
          fraction /= 10
          places -= 1
        }
        Digits.write(fraction, places, target + end + 1)
        end += 1 + places
      }
      target[end] = UInt8(ascii: "Z")
      return end + 1
    }
  }

  /// `"[-][d.]hh:mm:ss[.fffffff]"`: ticks, the fraction of seven digits or none.
  func append(timespan ticks: Int64) {
    append("\"")
    if ticks < 0 { append("-") }
    let magnitude = ticks.magnitude
    let days = Int64(magnitude / UInt64(Ticks.day))
    let rest = Int64(magnitude % UInt64(Ticks.day))
    if days > 0 {
      append(days)
      append(".")
    }
    append(atMost: 20) { target in
      var end = Digits.writeClock(rest / Ticks.second, target)
      if rest % Ticks.second > 0 {
        target[end] = UInt8(ascii: ".")
        Digits.write(rest % Ticks.second, 7, target + end + 1)
        end += 8
      }
      target[end] = UInt8(ascii: "\"")
      return end + 1
    }
  }

  /// A JSON string with its quotes.
  ///
  /// Escaped as recorded answers have it, `\u0022` and `\u0027`, and with them
  /// the other ASCII characters that System.Text.Json escapes by default;
  /// everything beyond ASCII stays as it is.
  func append(quoted text: UnsafeBufferPointer<UInt8>) {
    append(atMost: text.count * 6 + 2) { target in
      var end = 1
      target[0] = UInt8(ascii: "\"")
      escapes.withUnsafeBufferPointer { escapes in
        for byte in text {
          let escape = escapes[Int(byte)]
          if escape == 0 {
            target[end] = byte
            end += 1
            continue
          }
          target[end] = UInt8(ascii: "\\")
          target[end + 1] = escape
          end += 2
          guard escape == UInt8(ascii: "u") else { continue }
          target[end] = UInt8(ascii: "0")
          target[end + 1] = UInt8(ascii: "0")
          target[end + 2] = UInt8(ascii: "0") + byte >> 4
          target[end + 3] = byte & 15 + (byte & 15 < 10 ? UInt8(ascii: "0") : UInt8(ascii: "A") - 10)
          end += 4
        }
      }
      target[end] = UInt8(ascii: "\"")
      return end + 1
    }
  }
}

/// Digits of fixed width.
private enum Digits {
  @inline(__always)
  static func write(_ number: Int64, _ width: Int, _ target: UnsafeMutablePointer<UInt8>) {
    var number = number
    var place = width
    while place > 0 {
      place -= 1
      target[place] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: number % 10)
      number /= 10
    }
  }

  /// `hh:mm:ss` of seconds.
  static func writeClock(_ seconds: Int64, _ target: UnsafeMutablePointer<UInt8>) -> Int {
    write(seconds / 3600, 2, target)
    target[2] = UInt8(ascii: ":")
    write(seconds / 60 % 60, 2, target + 3)
    target[5] = UInt8(ascii: ":")
    write(seconds % 60, 2, target + 6)
    return 8
  }
}

/// For each byte 0, or the letter behind the backslash.
private let escapes: [UInt8] = {
  var table = [UInt8](repeating: 0, count: 256)
  for byte in 0..<0x20 { table[byte] = UInt8(ascii: "u") }
  for scalar in "\"&'+<>`\u{7f}".unicodeScalars { table[Int(scalar.value)] = UInt8(ascii: "u") }
  for (scalar, letter) in zip("\u{8}\t\n\u{c}\r\\".unicodeScalars, "btnfr\\".utf8) { table[Int(scalar.value)] = letter }
  return table
}()
