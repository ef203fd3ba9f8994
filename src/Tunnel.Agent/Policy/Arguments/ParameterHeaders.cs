using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Culvert.Tunnel.Agent.Mcp;
using Culvert.Tunnel.Agent.Schemas;

namespace Culvert.Tunnel.Agent.Policy.Arguments;

/// <summary>
/// Headers that repeat arguments of a call, <c>Mcp-Param-*</c> (SEP-2243). A server or a load balancer may use them
/// instead of the body, so both must agree when a rule checks arguments (M8).
/// </summary>
internal static class ParameterHeaders
{
    /// <summary>A header that the approved input schema does not declare agrees with no argument.</summary>
    /// <param name="declared">Like <see cref="Pins.PinnedSchema.Headers"/>; null if no approved schema applies.</param>
    public static bool Agree(
        IHeaderDictionary headers,
        CallArguments arguments,
        IReadOnlyDictionary<string, IReadOnlyList<string>>? declared
    )
    {
        foreach (var (name, values) in headers)
        {
            if (
                IsParameter(name)
                && (
                    values.Count != 1
                    || declared is null
                    || !declared.TryGetValue(name[McpHeaders.ParameterPrefix.Length..], out var path)
                    || !IsSame(values.ToString(), arguments.Root, path)
                )
            )
            {
                return false;
            }
        }

        return true;
    }

    public static bool IsParameter(string name) =>
        name.StartsWith(McpHeaders.ParameterPrefix, StringComparison.OrdinalIgnoreCase);

    private static bool IsSame(string written, JsonElement value, IReadOnlyList<string> path)
    {
        foreach (var name in path)
        {
            if (value.ValueKind != JsonValueKind.Object || !value.TryGetProperty(name, out value))
            {
                return false;
            }
        }

        return MessageHead.Decode(written) is { } text
            && value.ValueKind switch
            {
                JsonValueKind.String => JsonText.TryGet(value, out var said)
                    && string.Equals(said, text, StringComparison.Ordinal),
                JsonValueKind.Number => IsSameNumber(text, value),
                JsonValueKind.True => text == "true",
                JsonValueKind.False => text == "false",
                _ => false, // SEP-2243: a null is not repeated
            };
    }

    // M7: 42 and 42.0 are equal.
    private static bool IsSameNumber(string text, JsonElement value)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        return IsNumber(bytes)
            && JsonNumber.TryRead(bytes, out var written)
            && JsonNumber.TryRead(JsonMarshal.GetRawUtf8Value(value), out var said)
            && written.CompareTo(said) == 0;
    }

    private static bool IsNumber(ReadOnlySpan<byte> text)
    {
        var reader = new Utf8JsonReader(text);
        try
        {
            return reader.Read() && reader.TokenType == JsonTokenType.Number && reader.ValueSpan.Length == text.Length;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
