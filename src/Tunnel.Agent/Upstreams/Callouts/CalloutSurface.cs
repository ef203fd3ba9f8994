using System.Text.Json;
using Culvert.Tunnel.Agent.Mcp;

namespace Culvert.Tunnel.Agent.Upstreams.Callouts;

/// <summary>The tools and their form, as clients of one kind see them. Targets and limits are the same for all.</summary>
internal abstract class CalloutSurface
{
    /// <summary>The surface for calls from a channel of a provider's tunnel; empty for calls that used no channel.</summary>
    public static CalloutSurface Find(string channel) =>
        channel == HarpoonSurface.Channel ? HarpoonSurface.Instance : OwnSurface.Instance;

    /// <summary>The result of <c>tools/list</c>.</summary>
    public abstract ReadOnlyMemory<byte> Definitions { get; }

    public virtual bool HasAudience => false;

    /// <summary>Whether a call may use this method at all. The target must allow it as well.</summary>
    public virtual bool Allows(string method) => true;

    /// <summary>Null if the arguments do not fit the tool.</summary>
    public abstract CalloutRequest? ReadRequest(McpMessage message);

    /// <summary>The targets that <c>list_targets</c> returns; null if its arguments do not fit the tool.</summary>
    public abstract IReadOnlyList<CalloutTarget>? Select(McpMessage message, CalloutTargets targets);

    /// <summary>Writes the members of an entry of <c>list_targets</c>.</summary>
    public abstract void WriteTarget(Utf8JsonWriter json, CalloutTarget target);

    /// <summary>Writes the members of a result of <c>call_target</c> that is not a refusal.</summary>
    public abstract void WriteResult(Utf8JsonWriter json, CalloutResult result, CalloutTargets targets);

    /// <summary>The name of a target as the only argument; null if the arguments have another form.</summary>
    public static string? ReadTarget(McpMessage message) =>
        ReadArguments(
            message,
            static arguments =>
                arguments.ValueKind == JsonValueKind.Object
                && arguments.EnumerateObject().All(m => m.NameEquals("name"u8))
                && arguments.TryGetProperty("name"u8, out var name)
                && name.ValueKind == JsonValueKind.String
                    ? name.GetString()
                    : null
        );

    /// <summary>Null if the arguments are unreadable, or if <paramref name="read"/> returns null.</summary>
    protected static T? ReadArguments<T>(McpMessage message, Func<JsonElement, T?> read)
        where T : class
    {
        if (message.Has(MessageErrors.Duplicate))
        {
            return null;
        }

        try
        {
            using var document = JsonDocument.Parse(message.Arguments.IsEmpty ? "{}"u8.ToArray() : message.Arguments);
            return read(document.RootElement);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null; // half a surrogate pair
        }
    }

    protected static void WriteNames(Utf8JsonWriter json, string name, IEnumerable<string> values)
    {
        json.WriteStartArray(name);
        foreach (var value in values)
        {
            json.WriteStringValue(value);
        }

        json.WriteEndArray();
    }
}
