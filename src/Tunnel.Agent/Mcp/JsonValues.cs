using System.Text.Json;

namespace Culvert.Tunnel.Agent.Mcp;

/// <summary>
/// Counts the parts of JSON from outside before a tree is built of it. A tree has 12 bytes for each, so that three bytes of
/// text (<c>[],</c>) become 24, and growing doubles them.
/// </summary>
internal static class JsonValues
{
    /// <summary>
    /// Most parts of a message of a client: names, values, and the ends of objects and arrays. An argument of this many
    /// numbers is longer than any model writes.
    /// </summary>
    public const int MostOfMessage = 200_000;

    /// <summary>The same of a message of a server, which may be a list with schemas.</summary>
    public const int MostOfAnswer = 1_000_000;

    /// <summary>What each part is reserved with before a tree is built: its entry, and the copy while the tree grows.</summary>
    public const int BytesOfEach = 32;

    private static readonly JsonReaderOptions Options = new() { MaxDepth = int.MaxValue };

    /// <summary>
    /// How many parts a text has; one more than <paramref name="most"/> if it has more. Of a text that is not JSON, those
    /// before the place where it ceases to be.
    /// </summary>
    /// <param name="json">In UTF-8.</param>
    /// <param name="most">Where counting stops.</param>
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
