using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Culvert.EndToEnd.Tests.Policies;

/// <summary>The answer to a call as it came: its status, the reason in the agent's header, and the JSON-RPC message.</summary>
internal sealed partial record CallAnswer(HttpStatusCode Status, string? Reason, string Body)
{
    /// <summary>The code of the JSON-RPC error; null = it is none.</summary>
    public int? Error
    {
        get
        {
            var json = EventData().Match(Body) is { Success: true } data ? data.Groups[1].Value : Body;
            using var message = JsonDocument.Parse(json);
            return message.RootElement.TryGetProperty("error", out var error)
                ? error.GetProperty("code").GetInt32()
                : null;
        }
    }

    [GeneratedRegex("^data: (\\{.*)$", RegexOptions.Multiline)]
    private static partial Regex EventData();
}
