using System.CommandLine;
using System.Reflection;
using Culvert.Platform.Programs;

namespace Culvert.Identity.Service.Commands;

/// <summary><c>identity-service version</c>.</summary>
internal static class VersionCommand
{
    public static string Version { get; } =
        typeof(VersionCommand)
            .Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()
            ?.InformationalVersion.Split('+')[0]
        ?? "0";

    public static Command Create()
    {
        var command = new Command("version", "Print the version.");
        command.SetAction(parsed =>
        {
            parsed.InvocationConfiguration.Output.WriteLine($"identity-service {Version}");
            return ExitCodes.Done;
        });
        return command;
    }
}
