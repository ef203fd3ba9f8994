using System.Text.Json.Nodes;
using Culvert.Identity.Cli.Api;

namespace Culvert.Identity.Cli.Output;

internal static class DryRunResult
{
    // Secret members of requests: a dry run's output may go to logs.
    private static readonly string[] Secrets = ["password", "pkcs12", "secret", "token", "client_secret", "poll_token"];

    public static CommandResult FromStop(DryRunStop stop)
    {
        var shown = (JsonObject?)stop.Body?.DeepClone();
        foreach (var secret in Secrets.Where(name => shown?.ContainsKey(name) == true))
        {
            shown![secret] = "(secret)";
        }

        return CommandResult.Object(
            new JsonObject
            {
                ["dry_run"] = true,
                ["method"] = stop.Method.Method,
                ["path"] = "/" + stop.Path,
                ["body"] = shown,
            }
        ) with
        {
            Plain =
                $"would send {stop.Method} /{CellText.Safe(stop.Path)}"
                + (shown is null ? "" : $" {CellText.Safe(shown.ToJsonString(WireJson.Plain))}")
                + "\nnothing was changed",
        };
    }
}
