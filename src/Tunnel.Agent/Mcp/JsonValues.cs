using System.Text.Json;

namespace Culvert.Tunnel.Agent.Mcp;

/// <summary>
/// Counts the parts of external JSON before a tree is built of it. A tree has 12 bytes for each part, so that three bytes
/// of text (<c>[],</c>) become 24, and growing doubles them.
/// </summary>
internal static class JsonValues
{
    /// <summary>The limit of a client's message: names, values, and ends of objects and arrays.</summary>
    public const int MostOfMessage = 200_000;

    /// <summary>The same limit for a message of a server, which may be a list with schemas.</summary>
    public const int MostOfAnswer = 1_000_000;

    /// <summary>Reserved for each part before a tree is built: its entry, and the copy while the tree grows.</summary>
    public const int BytesOfEach = 32;

    private static readonly JsonReaderOptions Options = new() { MaxDepth = int.MaxValue };

    /// <summary>
    /// Counts at most one more than <paramref name="most"/>; of malformed text the parts before the error.
    /// </summary>
    public static int Count(ReadOnlySpan<byte> json, int most)
    {
        var reader = new Utf8JsonReader(json, Options);
        var count = 0;
        try
        {
            while (count <= most && reader.Read())
            {
                count++;
            }
        }
        catch (JsonException)
        {
            // The parser of the tree stops there as well.
        }

        return count;
    }
}
