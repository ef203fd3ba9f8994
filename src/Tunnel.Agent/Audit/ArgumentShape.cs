using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Culvert.Tunnel.Agent.Audit;

/// <summary>
/// What arguments look like: the names of the outermost members, and of each value its type and length. Names further
/// inside may be data themselves (a map from addresses to amounts), so they are only counted.
/// </summary>
internal static class ArgumentShape
{
    private const int MaxMembers = 32;
    private const int MaxNameCharacters = 64;
    private const int MaxDepth = 1000;

    // One for each thread that has calls: making them costs more than writing a shape.
    [ThreadStatic]
    private static ArrayBufferWriter<byte>? shape;

    [ThreadStatic]
    private static Utf8JsonWriter? writer;

    /// <summary>As JSON; empty for what is no JSON.</summary>
    public static string Of(ReadOnlySpan<byte> arguments)
    {
        var buffer = shape ??= new ArrayBufferWriter<byte>(256);
        var json = writer ??= new Utf8JsonWriter(buffer);
        buffer.ResetWrittenCount();
        json.Reset();
        try
        {
            var reader = new Utf8JsonReader(arguments, new JsonReaderOptions { MaxDepth = MaxDepth });
            reader.Read();
            if (reader.TokenType == JsonTokenType.StartObject)
            {
                WriteMembers(json, ref reader);
            }
            else
            {
                json.WriteStringValue(Describe(ref reader));
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return "";
        }

        json.Flush();
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void WriteMembers(Utf8JsonWriter json, ref Utf8JsonReader reader)
    {
        var members = 0;
        json.WriteStartObject();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            reader.Read();
            var value = Describe(ref reader);
            if (++members <= MaxMembers)
            {
                json.WriteString(name.Length <= MaxNameCharacters ? name : name[..MaxNameCharacters] + "…", value);
            }
        }

        if (members > MaxMembers)
        {
            json.WriteNumber("…", members - MaxMembers);
        }

        json.WriteEndObject();
    }

    private static string Describe(ref Utf8JsonReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.String:
                return string.Create(CultureInfo.InvariantCulture, $"string:{reader.ValueSpan.Length}");
            case JsonTokenType.Number:
                return "number";
            case JsonTokenType.True or JsonTokenType.False:
                return "boolean";
            case JsonTokenType.Null:
                return "null";
            case JsonTokenType.StartArray:
                return string.Create(CultureInfo.InvariantCulture, $"array:{Count(ref reader)}");
            default:
                return string.Create(CultureInfo.InvariantCulture, $"object:{Count(ref reader)}");
        }
    }

    // Entries of the array or object that begins here; the reader ends up at its end.
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
