import Glibc

extension ScalarFunction {
  /// Functions of numbers.
  static let numbers: [ScalarFunction] =
    [
      real("sqrt") { $0 < 0 ? .nan : $0.squareRoot() }, real("exp", exp), real("exp2", exp2),
      real("exp10") { pow(10, $0) },
      real("log", log), real("log2", log2), real("log10", log10), real("sin", sin), real("cos", cos), real("tan", tan),
      real("cot") { 1 / tan($0) }, real("asin", asin), real("acos", acos), real("atan", atan), real("gamma", tgamma),
      real("loggamma", lgamma), real("erf", erf), real("erfc", erfc), real("radians") { $0 * .pi / 180 },
      real("degrees") { $0 * 180 / .pi },
    ] + [
      ScalarFunction("pow", [.real, .real], .real) { .real(pow($0.real(0), $0.real(1))) },
      ScalarFunction("atan2", [.real, .real], .real) { .real(atan2($0.real(0), $0.real(1))) },
      ScalarFunction("pi", [], .real, nullable: false) { _ in .real(.pi) },
      ScalarFunction("isnan", [.real], .bool) { .bool($0.real(0).isNaN) },
      ScalarFunction("isinf", [.real], .bool) { .bool($0.real(0).isInfinite) },
      ScalarFunction("isfinite", [.real], .bool) { .bool($0.real(0).isFinite) },
      ScalarFunction("sign", [.real], .int) { .integer($0.real(0) > 0 ? 1 : $0.real(0) < 0 ? -1 : 0) },
      ScalarFunction("binary_and", [.long, .long], .long) { .integer($0.long(0) & $0.long(1)) },
      ScalarFunction("binary_or", [.long, .long], .long) { .integer($0.long(0) | $0.long(1)) },
      ScalarFunction("binary_xor", [.long, .long], .long) { .integer($0.long(0) ^ $0.long(1)) },
      ScalarFunction("binary_not", [.long], .long) { .integer(~$0.long(0)) },
      // Counts are taken modulo 64; a negative one gives null.
      ScalarFunction("binary_shift_left", [.long, .long], .long) { call in
        call.long(1) < 0 ? .null : .integer(call.long(0) &<< (call.long(1) % 64))
      },
      ScalarFunction("binary_shift_right", [.long, .long], .long) { call in
        call.long(1) < 0 ? .null : .integer(call.long(0) &>> (call.long(1) % 64))
      },
      ScalarFunction("bitset_count_ones", [.long], .long) { .integer(Int64($0.long(0).nonzeroBitCount)) },
      ScalarFunction("format_bytes", [.real, .long, .string], required: 1, .string, formatBytes),
    ]

  private static func real(_ name: String, _ body: @escaping @Sendable (Double) -> Double) -> ScalarFunction {
    ScalarFunction(name, [.real], .real) { .real(body($0.real(0))) }
  }

  @Sendable private static func formatBytes(_ call: SQLCall) -> SQLValue {
    let units = ["Bytes", "KB", "MB", "GB", "TB", "PB", "EB"]
    var value = call.real(0)
    var unit = 0
    let wanted = call.count > 2 ? units.firstIndex(of: call.text(2)) : nil
    while wanted.map({ unit < $0 }) ?? (abs(value) >= 1024 && unit < units.count - 1) {
      value /= 1024
      unit += 1
    }
    let digits = call.count > 1 ? Int(clamping: min(max(call.long(1), 0), 15)) : 0
    let scale = pow(10.0, Double(digits))
    return .text("\(((value * scale).rounded() / scale).kqlText) \(units[unit])")
  }
}
