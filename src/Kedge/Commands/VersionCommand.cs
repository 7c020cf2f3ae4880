using System.CommandLine;
using System.Reflection;

namespace Kedge.Commands;

static class VersionCommand
{
    public static Command Create(Surroundings around)
    {
        var command = new Command("version", "Print the version of this kedge.");
        command.SetAction(_ => around.Output.WriteLine($"kedge {Version}"));
        return command;
    }

    /// <summary>Version and, behind a plus, the commit it was built from, where the build knew it.</summary>
    public static string Version =>
        typeof(VersionCommand).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;
}
