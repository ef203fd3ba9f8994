using Culvert.Identity.Cli.Api;
using Culvert.Identity.Cli.Invocation;
using Culvert.Identity.Cli.Output;

namespace Culvert.Identity.Cli.Commands;

internal static class PemResult
{
    public static CommandResult Create(CommandContext context, ApiAnswer answer, string member, string? file)
    {
        var pem = answer.Json.Text(member) ?? "";
        var result = CommandResult.Object(answer);
        if (file is null)
        {
            return result with { Plain = pem };
        }

        OutFile.WritePublic(file, pem);
        context.Note($"written to {file}");
        return result with { Plain = file };
    }
}
