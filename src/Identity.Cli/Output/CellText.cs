using System.Text.Json.Nodes;
using Culvert.Identity.Cli.Api;
using Culvert.Platform.Configuration;
using VisibleText = Culvert.Platform.Wire.VisibleText;

namespace Culvert.Identity.Cli.Output;

/// <summary>Formats a JSON value for people: one line, without terminal control sequences.</summary>
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
    /// Other people choose names, so escape sequences and line breaks become visible marks, and other invisible characters
    /// are written out, as in the console.
    /// </summary>
    public static string Safe(string text) =>
        VisibleText.Escape(
            text.Any(ConfigText.IsUnprintable)
                ? string.Concat(text.Select(c => ConfigText.IsUnprintable(c) ? '\uFFFD' : c))
                : text
        );
}
