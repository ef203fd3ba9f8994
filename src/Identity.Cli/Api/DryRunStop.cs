using System.Text.Json.Nodes;
using Culvert.Identity.Cli.Output;

namespace Culvert.Identity.Cli.Api;

/// <summary>Ends a command of <c>--dry-run</c> where its first change would have been sent.</summary>
internal sealed class DryRunStop(HttpMethod method, string path, JsonObject? body)
    : Exception("nothing was sent: --dry-run")
{
    // Members of requests that hold secrets: a dry run is for reading, and for logs.
    private static readonly string[] Secrets = ["password", "pkcs12", "secret", "token", "client_secret"];

    public CommandResult Result { get; } = Describe(method, path, body);

    private static CommandResult Describe(HttpMethod method, string path, JsonObject? body)
    {
        var shown = (JsonObject?)body?.DeepClone();
        foreach (var secret in Secrets.Where(name => shown?.ContainsKey(name) == true))
        {
            shown![secret] = "(secret)";
        }

        return CommandResult.Object(
            new JsonObject
            {
                ["dry_run"] = true,
                ["method"] = method.Method,
                ["path"] = "/" + path,
                ["body"] = shown,
            }
        ) with
        {
            Plain =
                $"would send {method} /{CellText.Safe(path)}"
                + (shown is null ? "" : $" {CellText.Safe(shown.ToJsonString(WireJson.Plain))}")
                + "\nnothing was changed",
        };
    }
}
