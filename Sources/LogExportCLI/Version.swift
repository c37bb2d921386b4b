/// The program's version, by semantic versioning.
package let version = "0.1.0"
/// When it was or will be released, for the man page.
package let releaseDate = "2026-11-25"
