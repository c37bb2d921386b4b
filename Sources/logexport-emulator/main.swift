import Emulator
import Glibc

exit(EmulatorCommand.run(Array(CommandLine.arguments.dropFirst())) { try Workspace($0) })
