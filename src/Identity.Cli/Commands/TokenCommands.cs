using System.CommandLine;
using System.Text.Json.Nodes;
using Culvert.Identity.Cli.Output;
using Culvert.Identity.Cli.Tokens;

namespace Culvert.Identity.Cli.Commands;

/// <summary><c>culvert token</c>: one access token, whoever has it.</summary>
internal static class TokenCommands
{
    public static Command Create(VerbFactory verbs) =>
        VerbFactory.Group(
            "token",
            "access tokens of workloads and machines",
            Introspect(verbs),
            Revoke(verbs),
            Inspect(verbs)
        );

    private static Command Introspect(VerbFactory verbs)
    {
        var file = TokenFile();
        return verbs.Create(
            "introspect",
            "say what a token is good for; exit code 2 if for nothing",
            async (context, cancel) =>
            {
                var token = await ReadAsync(context, context.Get(file), cancel);
                var client = await context.ClientAsync(cancel);
                var answer = await client.PostFormAsync("v1/oauth/introspect", Form(token), cancel);
                return CommandResult.Object(answer) with
                {
                    ExitCode = answer.Json["active"]?.GetValue<bool>() == true ? ExitCode.Done : ExitCode.CheckFailed,
                };
            },
            file
        );
    }

    private static Command Revoke(VerbFactory verbs)
    {
        var file = TokenFile();
        return verbs.Create(
            "revoke",
            "end a token before its time; no answer tells whether it was one",
            async (context, cancel) =>
            {
                var token = await ReadAsync(context, context.Get(file), cancel);
                var client = await context.ClientAsync(cancel);
                await client.PostFormAsync("v1/oauth/revoke", Form(token), cancel);
                context.Note("the token is good for nothing now");
                return CommandResult.Object(new JsonObject { ["type"] = "token", ["revoked"] = true });
            },
            file
        );
    }

    private static Command Inspect(VerbFactory verbs)
    {
        var file = TokenFile();
        return verbs.Create(
            "inspect",
            "show what a token says and what of it looks wrong, on this machine alone; exit code 2 if something does",
            async (context, cancel) =>
            {
                var token = await ReadAsync(context, context.Get(file), cancel);
                var inspection = TokenInspection.Of(token, context.Host.Time.GetUtcNow());
                return CommandResult.Object(inspection) with
                {
                    Plain = InspectionText.Of(inspection),
                    ExitCode = inspection["problems"] is JsonArray { Count: > 0 }
                        ? ExitCode.CheckFailed
                        : ExitCode.Done,
                };
            },
            file
        );
    }

    // Never an argument: those are in the process list and in shell histories.
    private static Option<string?> TokenFile() =>
        Flags.Text("--file", "FILE", "read the token there; standard input without it");

    private static async Task<string> ReadAsync(CommandContext context, string? file, CancellationToken cancel)
    {
        var text = (file is null ? await context.Host.In.ReadToEndAsync(cancel) : InFile.ReadText(file)).Trim();
        return text.Length > 0
            ? text
            : throw new CommandFailure(ExitCode.Usage, "there is no token")
            {
                Where = file ?? "standard input",
                Next = "give the token by --file or standard input",
            };
    }

    private static Dictionary<string, string> Form(string token) => new() { ["token"] = token };
}
