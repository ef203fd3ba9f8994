using System.Globalization;
using System.Text.Json;

namespace Culvert.Identity.Service.Federation.Rules.Cel;

/// <summary>
/// JSON values as CEL values: every number is a double. A whole number that a double cannot represent exactly is an
/// error, because another number would be equal to it.
/// </summary>
internal static class CelJson
{
    public static object ReadValue(ReadOnlySpan<byte> json, string name, CelFrame frame)
    {
        if (!frame.Spend(1 + (json.Length / CelLimits.CharactersPerStep)))
        {
            return CelErrorValue.OverBudget;
        }

        var reader = new Utf8JsonReader(json);
        reader.Read();
        return Read(ref reader, name);
    }

    private static object Read(ref Utf8JsonReader reader, string name)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.String:
                return reader.GetString()!;
            case JsonTokenType.Number:
                return Number(ref reader, name);
            case JsonTokenType.True:
                return true;
            case JsonTokenType.False:
                return false;
            case JsonTokenType.StartArray:
                var items = new List<object>();
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                {
                    items.Add(Read(ref reader, name));
                }

                return new CelList(items);
            case JsonTokenType.StartObject:
                var entries = new List<KeyValuePair<object, object>>();
                while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
                {
                    var key = reader.GetString()!;
                    reader.Read();
                    entries.Add(new(key, Read(ref reader, name)));
                }

                return new CelLiteralMap(entries);
            default:
                return CelNull.Instance;
        }
    }

    private static object Number(ref Utf8JsonReader reader, string name)
    {
        var text = reader.ValueSpan;
        if (
            !double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
            || !double.IsFinite(value)
        )
        {
            return new CelErrorValue($"a number in {name} is too large");
        }

        return !text.ContainsAny("eE."u8) && Math.Abs(value) > CelLimits.MaxExactInteger - 1
            ? new CelErrorValue($"a number in {name} has more digits than a double can hold")
            : value;
    }
}
