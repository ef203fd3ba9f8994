using System.Text.Json.Nodes;
using Culvert.Identity.Cli.Api;

namespace Culvert.Identity.Cli.Commands;

/// <summary>What the status of a tunnel comes to.</summary>
internal static class TunnelState
{
    /// <summary>For a person.</summary>
    public static string Of(JsonNode? status) =>
        status.Text("state") switch
        {
            "unknown" => "UNKNOWN",
            "not_set_up" => "not set up",
            _ => IsReady(status) ? "ready" : "NOT READY",
        };

    public static bool IsReady(JsonNode? status) =>
        status?["ready"] is JsonValue value && value.TryGetValue(out bool isReady) && isReady;

    /// <summary>Somebody should look: one that nobody has set up yet has not failed.</summary>
    public static bool IsFailing(JsonNode? status) => !IsReady(status) && status.Text("state") != "not_set_up";
}
