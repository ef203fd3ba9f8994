using System.Text.Json;
using Culvert.Stage.Processes;
using Culvert.Stage.Reporting;
using Culvert.Stage.RunState;

namespace Culvert.Stage.Hops;

/// <summary>The operator at a terminal: every change to the installation goes through the real <c>culvert</c> command.</summary>
internal sealed class Operator(RunDirectory run, IdentityService service)
{
    private readonly string program = Path.Combine(run.Binaries, Programs.Culvert);

    private IReadOnlyDictionary<string, string> Environment =>
        new Dictionary<string, string>
        {
            ["CULVERT_IDENTITY_URL"] = service.PublicUrl,
            ["CULVERT_PLATFORM_CA"] = service.PlatformCaFile,
            ["CULVERT_ADMIN_KEY_FILE"] = service.AdminKeyFile,
        };

    /// <summary>Runs one command and returns the object that it printed.</summary>
    public async Task<JsonElement> RunAsync(
        string command,
        CancellationToken cancellationToken,
        params string[] arguments
    )
    {
        var result = await TryRunAsync([.. command.Split(' '), .. arguments, "-o", "json"], cancellationToken);
        if (!result.Succeeded)
        {
            throw new HopFailureException(
                $"culvert {command}",
                $"exit code {result.ExitCode}: {result.Error.Trim()}",
                service.Process.LogFile
            );
        }

        using var document = JsonDocument.Parse(result.Output);
        return document.RootElement.Clone();
    }

    /// <summary>The same for commands that make something: its id.</summary>
    public async Task<string> CreateAsync(
        string command,
        CancellationToken cancellationToken,
        params string[] arguments
    )
    {
        var made = await RunAsync(command, cancellationToken, arguments);
        return made.GetProperty("id").GetString()!;
    }

    public Task<ToolResult> TryRunAsync(IEnumerable<string> arguments, CancellationToken cancellationToken) =>
        Tool.RunAsync(program, arguments, run.Path, cancellationToken, Environment);
}
