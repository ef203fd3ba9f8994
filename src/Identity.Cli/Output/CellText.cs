using System.Text.Json.Nodes;
using Culvert.Identity.Cli.Api;
using Culvert.Platform.Configuration;
using VisibleText = Culvert.Platform.Wire.VisibleText;

namespace Culvert.Identity.Cli.Output;

/// <summary>A JSON value as people read it: one line, and nothing in it that could drive a terminal.</summary>
internal static class CellText
{
    public static string Format(JsonNode? node) =>
        node switch
        {
            null => "-",
            JsonArray { Count: 0 } => "-",
            JsonArray array => string.Join(", ", array.Select(Format)),
            JsonObject o => string.Join(", ", o.Select(p => $"{p.Key}={Format(p.Value)}")),
            JsonValue v when v.TryGetValue(out string? text) => Safe(text),
            _ => node.ToJsonString(WireJson.Plain),
        };

    /// <summary>
    /// Names come from other people: escape sequences and line breaks in them become visible marks, and other characters that
    /// cannot be seen are written out, as on the console's pages.
    /// </summary>
    public static string Safe(string text) =>
        VisibleText.Escape(
            text.Any(ConfigText.IsUnprintable)
                ? string.Concat(text.Select(c => ConfigText.IsUnprintable(c) ? '\uFFFD' : c))
                : text
        );
}
