using System.Text.Json;
using Culvert.Tunnel.Agent.Pins;

namespace Culvert.Tunnel.Agent.Tests.Pins;

/// <summary>Short ways to write what a server lists.</summary>
internal static class Definitions
{
    public const string Schema =
        """{"type":"object","properties":{"id":{"type":"string"}},"required":["id"],"additionalProperties":false}""";

    public static string Tool(
        string name,
        string description = "Reads one record by its id.",
        string schema = Schema,
        string more = ""
    ) => $$"""{"name":{{Text(name)}},"description":{{Text(description)}},"inputSchema":{{schema}}{{more}}}""";

    public static Definition? Read(PinKind kind, string name, string json)
    {
        using var document = JsonDocument.Parse(json);
        return Definition.TryRead(new PinKey(kind, name), document.RootElement);
    }

    public static Definition Read(string json)
    {
        using var document = JsonDocument.Parse(json);
        var name = document.RootElement.GetProperty("name").GetString()!;
        return Definition.TryRead(new PinKey(PinKind.Tool, name), document.RootElement)!;
    }

    public static JsonElement Element(string json)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.Clone();
    }

    public static PinnedDefinitions Pinned(params Definition[] definitions) =>
        new() { Pins = [.. definitions.Select(d => StoredPin.From(d, "alice", DateTimeOffset.UnixEpoch))] };

    public static string Text(string value) => JsonSerializer.Serialize(value);
}
