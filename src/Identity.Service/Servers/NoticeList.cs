using System.Text.Json;

namespace Culvert.Identity.Service.Servers;

/// <summary>The list in a webhook message: the first entries, and <c>more</c> with the number of the others.</summary>
internal static class NoticeList
{
    private const int MaxEntries = 50;

    public static void Write<T>(
        Utf8JsonWriter json,
        string member,
        IReadOnlyList<T> entries,
        Action<Utf8JsonWriter, T> write
    )
    {
        json.WriteStartArray(member);
        foreach (var entry in entries.Take(MaxEntries))
        {
            json.WriteStartObject();
            write(json, entry);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteNumber("more", Math.Max(0, entries.Count - MaxEntries));
    }
}
