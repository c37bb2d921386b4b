/// Whether a name matches a shell pattern of `*` and `?`, upper and lower case alike.
func matches(_ name: String, glob: String) -> Bool {
  let (name, glob) = (Array(name.lowercased()), Array(glob.lowercased()))
  var (read, pattern) = (0, 0)
  // Only the last star can have to take one more in: whatever an earlier one took matches already.
  var star: (pattern: Int, read: Int)?
  while read < name.count {
    if pattern < glob.count, glob[pattern] == "*" {
      star = (pattern, read)
      pattern += 1
    } else if pattern < glob.count, glob[pattern] == "?" || glob[pattern] == name[read] {
      (read, pattern) = (read + 1, pattern + 1)
    } else if let last = star {
      star = (last.pattern, last.read + 1)
      (read, pattern) = (last.read + 1, last.pattern + 1)
    } else {
      return false
    }
  }
  return glob[pattern...].allSatisfy { $0 == "*" }
}
