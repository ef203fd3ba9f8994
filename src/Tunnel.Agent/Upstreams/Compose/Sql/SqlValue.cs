using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Culvert.Tunnel.Agent.Upstreams.Compose.Sql;

/// <summary>A scalar of JSON as SQLite has it. The default is null.</summary>
internal readonly record struct SqlValue
{
    private readonly long bits;

    private SqlValue(SqlKind kind, long bits, string? text) => (Kind, this.bits, Text) = (kind, bits, text);

    public SqlKind Kind { get; }

    public string? Text { get; }

    public long Integer => bits;

    public double Real => BitConverter.Int64BitsToDouble(bits);

    public static SqlValue FromInteger(long value) => new(SqlKind.Integer, value, null);

    public static SqlValue FromReal(double value) => new(SqlKind.Real, BitConverter.DoubleToInt64Bits(value), null);

    public static SqlValue FromText(string text) => new(SqlKind.Text, 0, text);

    /// <summary>
    /// True and false are 1 and 0, as in SQLite. False for objects and arrays, for text that is not Unicode, and for numbers
    /// that SQLite would change: integers above 64 bits and reals beyond those that are finite.
    /// </summary>
    public static bool TryRead(JsonElement json, out SqlValue value)
    {
        value = default;
        switch (json.ValueKind)
        {
            case JsonValueKind.Null:
                return true;
            case JsonValueKind.True:
            case JsonValueKind.False:
                value = FromInteger(json.ValueKind == JsonValueKind.True ? 1 : 0);
                return true;
            case JsonValueKind.String:
                return TryReadText(json, out value);
            case JsonValueKind.Number:
                if (json.TryGetInt64(out var integer))
                {
                    value = FromInteger(integer);
                    return true;
                }

                if (JsonMarshal.GetRawUtf8Value(json).ContainsAny(".eE"u8) && json.TryGetDouble(out var real))
                {
                    value = FromReal(real);
                    return double.IsFinite(real);
                }

                return false;
            default:
                return false;
        }
    }

    public void Write(Utf8JsonWriter json)
    {
        switch (Kind)
        {
            case SqlKind.Integer:
                json.WriteNumberValue(Integer);
                break;
            case SqlKind.Real:
                json.WriteNumberValue(Real);
                break;
            case SqlKind.Text:
                json.WriteStringValue(Text);
                break;
            default:
                json.WriteNullValue();
                break;
        }
    }

    public override string ToString() =>
        Kind switch
        {
            SqlKind.Integer => Integer.ToString(CultureInfo.InvariantCulture),
            SqlKind.Real => Real.ToString("R", CultureInfo.InvariantCulture),
            SqlKind.Text => Text!,
            _ => "",
        };

    private static bool TryReadText(JsonElement json, out SqlValue value)
    {
        try
        {
            value = FromText(json.GetString()!);
            return true;
        }
        catch (InvalidOperationException)
        {
            value = default; // half a surrogate pair
            return false;
        }
    }
}

internal enum SqlKind : byte
{
    Null,
    Integer,
    Real,
    Text,
}
