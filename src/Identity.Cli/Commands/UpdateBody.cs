using System.Text.Json.Nodes;
using Culvert.Identity.Cli.Hosting;

namespace Culvert.Identity.Cli.Commands;

/// <summary>Partial updates: only what was given on the command line is sent.</summary>
internal static class UpdateBody
{
    public static void RequireChange(JsonObject body)
    {
        if (body.Count == 0)
        {
            throw new CommandFailure(ExitCode.Usage, "no flag specifies a change") { Next = "see --help" };
        }
    }

    /// <summary>The optional body of operations that record a reason in the audit log.</summary>
    public static JsonObject? Reason(string? reason) => reason is null ? null : new JsonObject { ["reason"] = reason };

    /// <summary>The word <c>none</c> alone empties a list.</summary>
    public static string[] ListOrNone(string flag, string[] values)
    {
        if (!values.Contains("none"))
        {
            return values;
        }

        return values.Length == 1
            ? []
            : throw new CommandFailure(ExitCode.Usage, "'none' must be the only value: it empties the list")
            {
                Where = flag,
            };
    }
}
