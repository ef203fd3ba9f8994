using System.Text.Json.Nodes;

namespace Culvert.Testing.LongPoll;

/// <summary>Commands of a long-poll control plane, as the description of its protocol has them.</summary>
public static class TunnelCommands
{
    public const string TunnelId = "tunnel_0123456789abcdefghijklmnopqrstuv";

    /// <summary>What leads from an answer to its command: the agent repeats it in a header.</summary>
    public const string ShardTokenHeader = "X-Tunnel-Shard-Token";

    /// <summary>A command with all that it must have.</summary>
    public static JsonObject Create(string id, string? message = null, string type = "jsonrpc")
    {
        var command = new JsonObject
        {
            ["request_id"] = id,
            ["shard_token"] = GetShardToken(id),
            ["command_type"] = type,
            ["created_at"] = "2026-01-01T00:00:00Z",
            ["headers"] = new JsonObject { ["X-Request-Id"] = new JsonArray($"client-{id}") },
        };
        if (message is not null)
        {
            command["jsonrpc"] = JsonNode.Parse(message);
        }

        return command;
    }

    public static string GetShardToken(string id) => $"shard-of-the-call/{id}";
}
