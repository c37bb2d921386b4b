import Glibc

/// A program run to its end.
enum Command {
  struct Failed: Error {
    var program: String
    var code: Int32
  }

  /// `posix_spawnp`; throws unless the program ends with 0.
  static func run(_ arguments: String...) throws(Failed) {
    var words: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) }
    words.append(nil)
    defer { for word in words { free(word) } }
    var process = pid_t()
    let code = posix_spawnp(&process, arguments[0], nil, nil, words, environ)
    guard code == 0 else { throw Failed(program: arguments[0], code: code) }
    var status: Int32 = 0
    waitpid(process, &status, 0)
    guard status == 0 else { throw Failed(program: arguments[0], code: status) }
  }
}
