using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Culvert.Identity.Cli.Api;

namespace Culvert.Identity.Cli.Audit;

/// <summary>
/// Removes the content of older events from an export but keeps their digests: the recipient can still verify that nothing
/// of the window is missing, and cannot read earlier events.
/// </summary>
internal static class ExportWindow
{
    public static async Task NarrowAsync(string file, DateTimeOffset from, CancellationToken cancel)
    {
        var narrowed = file + ".window";
        await using (var target = File.CreateText(narrowed))
        {
            await foreach (var line in File.ReadLinesAsync(file, cancel))
            {
                await target.WriteAsync((Narrow(line, from) + "\n").AsMemory(), cancel);
            }
        }

        File.Move(narrowed, file, overwrite: true);
    }

    private static string Narrow(string line, DateTimeOffset from)
    {
        if (
            Parse(line) is not { } entry
            || entry.Text("body") is not { } body
            || Parse(body).Text("at") is not { } at
            || !DateTimeOffset.TryParse(
                at,
                CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal,
                out var moment
            )
            || moment >= from
        )
        {
            return line;
        }

        entry.Remove("salt");
        entry.Remove("body");
        return entry.ToJsonString(WireJson.Plain);
    }

    // `audit verify` reports lines that cannot be parsed.
    private static JsonObject? Parse(string text)
    {
        try
        {
            return JsonNode.Parse(text) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
