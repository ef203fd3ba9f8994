using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Culvert.Identity.Cli.Hosting;

namespace Culvert.Identity.Cli.Api;

internal static class Refusals
{
    public static CommandFailure From(HttpMethod method, Uri url, HttpStatusCode status, string? requestId, string body)
    {
        var envelope = Envelope(body);
        var error = envelope?["error"] as JsonObject;
        var details = error?["details"] as JsonObject;
        var code = details.Text("error_code");
        var message = error.Text("message") ?? $"the service answered {(int)status} without saying why";
        return new CommandFailure(ToExitCode((int)status), message + Reasons(details))
        {
            Where = $"{method} {url} answered {(int)status}",
            Code = code ?? error.Text("type"),
            RequestId = envelope.Text("request_id") ?? requestId,
            // Only the service knows the next step for its own objects.
            Next = details.Text("next") ?? details.Text("override") ?? GetNextStep((int)status, code, url),
        };
    }

    private static string Reasons(JsonObject? details)
    {
        var text = new System.Text.StringBuilder();
        foreach (var blocker in Objects(details, "blocked_by"))
        {
            text.Append("\n  waits for ").Append(blocker.Text("kind")).Append(' ').Append(blocker.Text("id"));
            if (blocker.Text("since") is { } since)
            {
                text.Append(" since ").Append(since);
            }
        }

        // The override is shown, but not as the next step.
        if (details.Text("next") is not null && details.Text("override") is { } command)
        {
            text.Append("\n  without them: ").Append(command);
        }

        foreach (var finding in Objects(details, "findings"))
        {
            text.Append("\n  ").Append(finding.Text("code")).Append(": ").Append(finding.Text("message"));
        }

        return text.ToString();
    }

    private static IEnumerable<JsonObject> Objects(JsonObject? details, string member) =>
        details?[member] is JsonArray list ? list.OfType<JsonObject>() : [];

    private static JsonObject? Envelope(string body)
    {
        try
        {
            return WireJson.Parse(body) as JsonObject;
        }
        catch (JsonException)
        {
            return null; // a proxy's error page, or nothing
        }
    }

    private static int ToExitCode(int status) =>
        status switch
        {
            408 or 429 or 503 or 529 => ExitCode.TryAgain,
            >= 400 and < 500 => ExitCode.Refused,
            _ => ExitCode.Failed,
        };

    private static string GetNextStep(int status, string? code, Uri url) =>
        (code, status) switch
        {
            ("tunnel.revision", _) =>
                "run culvert tunnel show ID to see the current revision, review it, then repeat the command",
            (_, 401) => $"check that --admin-key-file ({SettingVariables.AdminKeyFile}) contains a valid admin key",
            ({ } name, 403) when name.EndsWith(".same_person", StringComparison.Ordinal) =>
                "another person decides, with a key or a sign-in of their own",
            (_, 403) =>
                "this key does not have the required scope: use another key (culvert whoami shows the current one)",
            (_, 404) => "the list command of the same noun shows what exists (archived: --include-archived)",
            (_, 408 or 429 or 503 or 529) => "repeat the command later",
            (_, >= 500) => "the service's log has the cause under the request id",
            (_, >= 300 and < 400) => "the server at --url redirects: give the service's own URL",
            _ => code is null
                ? "change the request; --help lists the flags"
                : $"{new Uri(url, "/docs/errors")} explains {code}",
        };
}
