using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Culvert.Platform.Wire;

/// <summary>Times on the wire: RFC 3339 in UTC with <c>Z</c>. Reading accepts any offset (§5.6) and yields UTC.</summary>
public sealed class UtcTimeConverter : JsonConverter<DateTimeOffset>
{
    private const string WholeSeconds = "yyyy-MM-dd'T'HH:mm:ss'Z'";
    private const string WithFraction = "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'";

    // The longest RFC 3339 time that .NET can hold has 33 characters; anything longer is not a time.
    private const int MaxLength = 40;

    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (
            reader.TokenType == JsonTokenType.String
            && reader.ValueSpan.Length <= MaxLength
            && reader.TryGetDateTimeOffset(out var value)
            && NamesAnOffset(reader.GetString()!)
        )
        {
            return value.ToUniversalTime();
        }

        throw new JsonException("Expected a time such as 2026-01-01T00:00:00Z.");
    }

    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
        writer.WriteStringValue(Format(value));

    public static string Format(DateTimeOffset value)
    {
        var utc = value.UtcDateTime;
        var whole = utc.Ticks % TimeSpan.TicksPerSecond == 0;
        return utc.ToString(whole ? WholeSeconds : WithFraction, CultureInfo.InvariantCulture);
    }

    /// <summary>The wire form without a fraction; the fraction is cut off.</summary>
    public static string FormatSecond(DateTimeOffset value) =>
        value.UtcDateTime.ToString(WholeSeconds, CultureInfo.InvariantCulture);

    // A time without an offset would be read in the machine's local zone, which differs between machines.
    private static bool NamesAnOffset(string text) =>
        text.EndsWith('Z') || text.EndsWith('z') || (text.Length > 6 && text[^6] is '+' or '-' && text.Contains('T'));
}
