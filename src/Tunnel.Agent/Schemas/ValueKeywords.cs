using System.Numerics;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Culvert.Tunnel.Agent.Schemas;

/// <summary>Keywords about one value: types, constants, numbers and text (JSON Schema Validation 2020-12 §6.1–§6.3).</summary>
internal static class ValueKeywords
{
    // The limit of a dividend's digits; a longer number is a mistake or an attack.
    private const int MaxDigits = 400;

    private static readonly string[] Types = ["null", "boolean", "object", "array", "number", "string", "integer"];

    public static void AddTo(SchemaNode node, Func<string, JsonElement?> find, string place)
    {
        if (find("type") is { } type)
        {
            AddType(node, type, place);
        }

        if (find("const") is { } only)
        {
            node.Add("const", (value, evaluation, _) => AreEqual(value, only, evaluation));
        }

        if (find("enum") is { } list)
        {
            if (list.ValueKind != JsonValueKind.Array)
            {
                throw new SchemaException(place, "enum is not a list.");
            }

            JsonElement[] values = [.. list.EnumerateArray()];
            node.Add("enum", (value, evaluation, _) => values.Any(one => AreEqual(value, one, evaluation)));
        }

        AddBound(node, find, place, "minimum", static order => order >= 0);
        AddBound(node, find, place, "maximum", static order => order <= 0);
        AddBound(node, find, place, "exclusiveMinimum", static order => order > 0);
        AddBound(node, find, place, "exclusiveMaximum", static order => order < 0);
        if (find("multipleOf") is { } divisor)
        {
            AddDivisor(node, ReadNumber(divisor, "multipleOf", place));
        }

        AddLength(node, find, place, "minLength", static (length, bound) => length >= bound);
        AddLength(node, find, place, "maxLength", static (length, bound) => length <= bound);
        if (find("pattern") is { } pattern)
        {
            var compiled = SchemaPattern.Compile(SchemaCompiler.ReadText(pattern, place), place);
            node.Add(
                "pattern",
                (value, evaluation, _) =>
                    value.ValueKind != JsonValueKind.String
                    || (
                        JsonText.TryGet(value, out var text)
                            ? compiled.IsMatch(text, evaluation)
                            : evaluation.Abort(SchemaError.TooMuch)
                    )
            );
        }
    }

    /// <summary>As in JSON Schema Core §4.2.2: numbers by their value, members in any order.</summary>
    public static bool AreEqual(JsonElement one, JsonElement other, Evaluation evaluation) =>
        evaluation.TryCharge(1 + (JsonMarshal.GetRawUtf8Value(other).Length / 256))
        && JsonElement.DeepEquals(one, other);

    /// <summary>Reads a count: a number without a fraction that is not negative.</summary>
    public static int? FindCount(Func<string, JsonElement?> find, string keyword, string place)
    {
        if (find(keyword) is not { } value)
        {
            return null;
        }

        if (
            !JsonNumber.TryRead(ReadNumber(value, keyword, place), out var number)
            || !number.IsWhole
            || number.IsNegative
        )
        {
            throw new SchemaException(place, $"{keyword} is not a count.");
        }

        return number.Magnitude > 8 ? int.MaxValue : (int)value.GetDouble();
    }

    private static void AddType(SchemaNode node, JsonElement type, string place)
    {
        string[] names =
            type.ValueKind == JsonValueKind.Array
                ? [.. type.EnumerateArray().Select(one => SchemaCompiler.ReadText(one, place))]
                : [SchemaCompiler.ReadText(type, place)];
        if (names.FirstOrDefault(name => !Types.Contains(name, StringComparer.Ordinal)) is { } unknown)
        {
            throw new SchemaException(place, $"{unknown} is not a type.");
        }

        node.Add("type", (value, _, _) => names.Any(name => IsOf(value, name)));
    }

    private static bool IsOf(JsonElement value, string type) =>
        value.ValueKind switch
        {
            JsonValueKind.Null => type == "null",
            JsonValueKind.True or JsonValueKind.False => type == "boolean",
            JsonValueKind.Object => type == "object",
            JsonValueKind.Array => type == "array",
            JsonValueKind.String => type == "string",
            _ => type == "number"
                || (
                    type == "integer"
                    && JsonNumber.TryRead(JsonMarshal.GetRawUtf8Value(value), out var number)
                    && number.IsWhole
                ),
        };

    private static void AddBound(
        SchemaNode node,
        Func<string, JsonElement?> find,
        string place,
        string keyword,
        Predicate<int> isWithin
    )
    {
        if (find(keyword) is not { } value)
        {
            return;
        }

        var bound = ReadNumber(value, keyword, place);
        node.Add(
            keyword,
            (actual, evaluation, _) =>
                actual.ValueKind != JsonValueKind.Number
                || (
                    JsonNumber.TryRead(JsonMarshal.GetRawUtf8Value(actual), out var number)
                    && JsonNumber.TryRead(bound, out var limit)
                        ? isWithin(number.CompareTo(limit))
                        : evaluation.Abort(SchemaError.Unreadable)
                )
        );
    }

    private static void AddDivisor(SchemaNode node, byte[] divisor) =>
        node.Add(
            "multipleOf",
            (actual, evaluation, _) =>
                actual.ValueKind != JsonValueKind.Number
                || (
                    JsonNumber.TryRead(JsonMarshal.GetRawUtf8Value(actual), out var number)
                    && JsonNumber.TryRead(divisor, out var by)
                    && evaluation.TryCharge(1 + (number.CountDigits() / 8))
                    && FindRemainder(number, by) is { } remainder
                        ? remainder.IsZero
                        : evaluation.Abort(SchemaError.Unreadable)
                )
        );

    // Scales both to integers of the same power of ten. Null: they are too far apart for this.
    private static BigInteger? FindRemainder(JsonNumber number, JsonNumber by)
    {
        if (number.IsZero || by.IsZero)
        {
            return by.IsZero ? null : BigInteger.Zero;
        }

        var lowest = Math.Min(number.GetLowestPower(), by.GetLowestPower());
        return number.Magnitude - lowest > MaxDigits || by.Magnitude - lowest > MaxDigits
            ? null
            : ToWhole(number, lowest) % ToWhole(by, lowest);
    }

    private static BigInteger ToWhole(JsonNumber number, long power)
    {
        Span<char> digits = stackalloc char[number.CountDigits()];
        number.CopyDigits(digits);
        return BigInteger.Parse(digits, System.Globalization.CultureInfo.InvariantCulture)
            * BigInteger.Pow(10, (int)(number.GetLowestPower() - power));
    }

    private static void AddLength(
        SchemaNode node,
        Func<string, JsonElement?> find,
        string place,
        string keyword,
        Func<int, int, bool> isWithin
    )
    {
        if (FindCount(find, keyword, place) is { } bound)
        {
            node.Add(
                keyword,
                (value, evaluation, _) =>
                    value.ValueKind != JsonValueKind.String
                    || (
                        JsonText.TryCount(value, out var length)
                            ? evaluation.TryCharge(1 + (length / 256)) && isWithin(length, bound)
                            : evaluation.Abort(SchemaError.Unreadable)
                    )
            );
        }
    }

    private static byte[] ReadNumber(JsonElement value, string keyword, string place) =>
        value.ValueKind == JsonValueKind.Number
        && JsonMarshal.GetRawUtf8Value(value) is { Length: <= MaxDigits } raw
        && JsonNumber.TryRead(raw, out _)
            ? raw.ToArray()
            : throw new SchemaException(place, $"{keyword} is not a number that can be compared.");
}
