using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Culvert.Identity.Cli.Api;

/// <summary>Wire objects stay JSON, not types, so that members of a newer service pass through to <c>-o json</c>.</summary>
internal static class WireJson
{
    /// <summary>Escapes only what JSON requires: the output is never part of HTML.</summary>
    public static JsonSerializerOptions Plain { get; } =
        new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    /// <summary>Parses an answer. A duplicate member is an error here, not later at its use.</summary>
    /// <exception cref="JsonException">It is not JSON, or an object has a member twice.</exception>
    public static JsonNode? Parse(string text) => JsonNode.Parse(text, documentOptions: Strict);

    public static string? Text(this JsonNode? node, string member) =>
        node is JsonObject o
        && o.TryGetPropertyValue(member, out var value)
        && value is JsonValue v
        && v.TryGetValue(out string? text)
            ? text
            : null;

    public static JsonArray Data(this JsonObject list) => list["data"] as JsonArray ?? [];

    public static JsonArray ToJsonArray(IEnumerable<string> values) =>
        new([.. values.Select(v => JsonValue.Create(v))]);
}
