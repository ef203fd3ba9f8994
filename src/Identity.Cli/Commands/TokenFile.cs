using System.CommandLine;
using Culvert.Identity.Cli.Hosting;
using Culvert.Identity.Cli.Invocation;

namespace Culvert.Identity.Cli.Commands;

/// <summary>Reads a token from a file or standard input; arguments are visible in process lists and histories.</summary>
internal static class TokenFile
{
    public static Option<string?> Option() =>
        Flags.Text("--file", "FILE", "read the token from this file (default: standard input)");

    public static async Task<string> ReadAsync(CommandContext context, string? file, CancellationToken cancel)
    {
        var text = (file is null ? await context.Host.In.ReadToEndAsync(cancel) : InFile.ReadText(file)).Trim();
        return text.Length > 0
            ? text
            : throw new CommandFailure(ExitCode.Usage, "the token is empty")
            {
                Where = file ?? "standard input",
                Next = "give the token with --file or on standard input",
            };
    }
}
