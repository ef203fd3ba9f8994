using System.Text.Json.Nodes;
using Culvert.Identity.Cli.Api;

namespace Culvert.Identity.Cli.Commands;

internal static class TunnelState
{
    public static string Describe(JsonNode? status) =>
        status.Text("state") switch
        {
            "unknown" => "UNKNOWN",
            "not_set_up" => "not set up",
            _ => IsReady(status) ? "ready" : "NOT READY",
        };

    public static bool IsReady(JsonNode? status) =>
        status?["ready"] is JsonValue value && value.TryGetValue(out bool isReady) && isReady;

    /// <summary>True if an operator should check it; a tunnel that is not set up yet has not failed.</summary>
    public static bool IsFailing(JsonNode? status) => !IsReady(status) && status.Text("state") != "not_set_up";
}
