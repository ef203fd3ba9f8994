using System.CommandLine;
using Culvert.Identity.Service.Telemetry;
using Culvert.Platform.Programs;

namespace Culvert.Identity.Service.Commands;

internal static class VersionCommand
{
    public static Command Create()
    {
        var command = new Command("version", "Print the version.");
        command.SetAction(parsed =>
        {
            parsed.InvocationConfiguration.Output.WriteLine($"identity-service {ProgramVersion.Current}");
            return ExitCodes.Done;
        });
        return command;
    }
}
