using System.Text.Json;

namespace Culvert.Tunnel.Agent.Audit;

/// <summary>
/// The shape of a call's arguments: the names of the outermost members, and the type and length of each value. Inner
/// names may be data (a map from addresses to amounts), so they are only counted.
/// </summary>
internal static class ArgumentShape
{
    private const int MaxMembers = 32;
    private const int MaxNameCharacters = 64;
    private const int MaxDepth = 1000;

    /// <summary>Writes a JSON member with the shape. Writes nothing if the arguments are not JSON.</summary>
    /// <param name="masked">
    /// The positions of the values that are written as <c>masked</c>, without type and length.
    /// </param>
    public static void Write(
        JsonMembers output,
        ReadOnlySpan<byte> name,
        ReadOnlySpan<byte> arguments,
        IReadOnlyList<Range> masked
    )
    {
        var start = output.Length;
        try
        {
            output.Name(name);
            var reader = new Utf8JsonReader(arguments, new JsonReaderOptions { MaxDepth = MaxDepth });
            reader.Read();
            if (reader.TokenType == JsonTokenType.StartObject)
            {
                WriteMembers(output, ref reader, masked);
            }
            else
            {
                Describe(output, ref reader);
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            output.CutTo(start);
        }
    }

    private static void WriteMembers(JsonMembers output, ref Utf8JsonReader reader, IReadOnlyList<Range> masked)
    {
        var members = 0;
        output.Raw("{"u8);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var start = output.Length;
            output.Raw(members == 0 ? ""u8 : ","u8);
            WriteName(output, ref reader);
            output.Raw(":"u8);
            reader.Read();
            if (IsMasked(masked, reader.TokenStartIndex))
            {
                output.Raw("\"masked\""u8);
                reader.Skip();
            }
            else
            {
                Describe(output, ref reader);
            }

            if (++members > MaxMembers)
            {
                output.CutTo(start);
            }
        }

        if (members > MaxMembers)
        {
            output.Raw(","u8);
            output.Text("…");
            output.Raw(":"u8);
            output.Number(members - MaxMembers);
        }

        output.Raw("}"u8);
    }

    private static bool IsMasked(IReadOnlyList<Range> masked, long start)
    {
        for (var i = 0; i < masked.Count; i++)
        {
            if (masked[i].Start.Value == start)
            {
                return true;
            }
        }

        return false;
    }

    private static void WriteName(JsonMembers output, ref Utf8JsonReader reader)
    {
        var written = reader.ValueSpan;
        if (written.Length <= MaxNameCharacters && JsonMembers.IsPlain(written))
        {
            output.Raw("\""u8);
            output.Raw(written);
            output.Raw("\""u8);
            return;
        }

        var name = reader.GetString()!;
        output.Text(name.Length <= MaxNameCharacters ? name : name[..MaxNameCharacters] + "…");
    }

    private static void Describe(JsonMembers output, ref Utf8JsonReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.String:
                Measured(output, "\"string:"u8, reader.ValueSpan.Length);
                break;
            case JsonTokenType.Number:
                output.Raw("\"number\""u8);
                break;
            case JsonTokenType.True or JsonTokenType.False:
                output.Raw("\"boolean\""u8);
                break;
            case JsonTokenType.Null:
                output.Raw("\"null\""u8);
                break;
            case JsonTokenType.StartArray:
                Measured(output, "\"array:"u8, Count(ref reader));
                break;
            default:
                Measured(output, "\"object:"u8, Count(ref reader));
                break;
        }
    }

    private static void Measured(JsonMembers output, ReadOnlySpan<byte> type, int length)
    {
        output.Raw(type);
        output.Number(length);
        output.Raw("\""u8);
    }

    // Counts the entries of the array or object at the reader, and moves the reader to its end.
    private static int Count(ref Utf8JsonReader reader)
    {
        var (depth, entries, isArray) = (reader.CurrentDepth, 0, reader.TokenType == JsonTokenType.StartArray);
        while (reader.Read() && reader.CurrentDepth > depth)
        {
            if (!isArray)
            {
                reader.Read();
            }

            reader.Skip();
            entries++;
        }

        return entries;
    }
}
