using System.Buffers;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Culvert.Tunnel.Agent.Schemas;

namespace Culvert.Tunnel.Agent.Pins;

/// <summary>
/// The canonical form of JSON (RFC 8785): two texts have the same form if and only if every reader finds the same values.
/// Readers of numbers differ, see <see cref="NumberForm"/>. Own code, because the existing packages are young and rarely
/// maintained, and the code is short.
/// </summary>
internal static class CanonicalJson
{
    public const int MaxDepth = 256;

    /// <summary>The SHA-256 of the canonical form, in lower-case hex.</summary>
    /// <param name="isLeftOut">Whether to omit the member at a path such as <c>/annotations/lastModified</c>; null:
    /// none.</param>
    /// <param name="numbers">How to write numbers that have no exact double.</param>
    /// <exception cref="FormatException">The value has no canonical form.</exception>
    public static string Digest(
        JsonElement element,
        Predicate<string>? isLeftOut = null,
        NumberForm numbers = NumberForm.Double
    ) => Convert.ToHexStringLower(SHA256.HashData(Write(element, isLeftOut, numbers)));

    /// <summary>The canonical form, in UTF-8.</summary>
    /// <exception cref="FormatException">
    /// A name is a duplicate, a string is not Unicode, or a number is too large for a double: other readers may find
    /// another value (RFC 8785 §3.1, RFC 7493).
    /// </exception>
    public static byte[] Write(
        JsonElement element,
        Predicate<string>? isLeftOut = null,
        NumberForm numbers = NumberForm.Double
    )
    {
        var output = new ArrayBufferWriter<byte>();
        try
        {
            Write(output, element, isLeftOut, numbers, "");
        }
        catch (InvalidOperationException e)
        {
            throw new FormatException("A string is not Unicode.", e);
        }

        return output.WrittenSpan.ToArray();
    }

    private static void Write(
        IBufferWriter<byte> output,
        JsonElement element,
        Predicate<string>? isLeftOut,
        NumberForm numbers,
        string path
    )
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                WriteObject(output, element, isLeftOut, numbers, path);
                break;
            case JsonValueKind.Array:
                output.Write("["u8);
                var separator = ""u8;
                foreach (var item in element.EnumerateArray())
                {
                    output.Write(separator);
                    separator = ","u8;
                    Write(output, item, isLeftOut, numbers, path);
                }

                output.Write("]"u8);
                break;
            case JsonValueKind.String:
                WriteString(output, element.GetString()!);
                break;
            case JsonValueKind.Number:
                output.Write(Encoding.ASCII.GetBytes(FormatNumber(element, numbers)));
                break;
            case JsonValueKind.True:
                output.Write("true"u8);
                break;
            case JsonValueKind.False:
                output.Write("false"u8);
                break;
            default:
                output.Write("null"u8);
                break;
        }
    }

    // RFC 8785 §3.2.2.3: as a double, as most readers read it.
    private static string FormatNumber(JsonElement element, NumberForm numbers)
    {
        var text = CanonicalNumber.Format(element.GetDouble());
        if (numbers == NumberForm.Double)
        {
            return text;
        }

        if (!JsonNumber.TryRead(JsonMarshal.GetRawUtf8Value(element), out var written))
        {
            throw new FormatException("The number's exponent is too long.");
        }

        return JsonNumber.TryRead(Encoding.ASCII.GetBytes(text), out var read) && written.CompareTo(read) == 0
            ? text
            : written.ToString();
    }

    // §3.2.3: members in the order of their names' UTF-16 code units.
    private static void WriteObject(
        IBufferWriter<byte> output,
        JsonElement element,
        Predicate<string>? isLeftOut,
        NumberForm numbers,
        string path
    )
    {
        var members = element.EnumerateObject().Select(m => (m.Name, m.Value)).ToList();
        members.Sort(static (a, b) => string.CompareOrdinal(a.Name, b.Name));
        output.Write("{"u8);
        var separator = ""u8;
        for (var i = 0; i < members.Count; i++)
        {
            var (name, value) = members[i];
            if (i > 0 && members[i - 1].Name == name)
            {
                throw new FormatException("A member is there twice.");
            }

            // RFC 6901 §3: a slash inside a name must not separate two names.
            var at = isLeftOut is null ? "" : $"{path}/{name.Replace("/", "~1", StringComparison.Ordinal)}";
            if (isLeftOut?.Invoke(at) == true)
            {
                continue;
            }

            output.Write(separator);
            separator = ","u8;
            WriteString(output, name);
            output.Write(":"u8);
            Write(output, value, isLeftOut, numbers, at);
        }

        output.Write("}"u8);
    }

    // §3.2.2.2: escaped as by ECMAScript.
    private static void WriteString(IBufferWriter<byte> output, string value)
    {
        var text = new StringBuilder(value.Length + 2).Append('"');
        foreach (var character in value)
        {
            _ = character switch
            {
                '"' => text.Append("\\\""),
                '\\' => text.Append("\\\\"),
                '\b' => text.Append("\\b"),
                '\f' => text.Append("\\f"),
                '\n' => text.Append("\\n"),
                '\r' => text.Append("\\r"),
                '\t' => text.Append("\\t"),
                < ' ' => text.Append("\\u00").Append(Convert.ToHexStringLower([(byte)character])),
                _ => text.Append(character),
            };
        }

        output.Write(Encoding.UTF8.GetBytes(text.Append('"').ToString()));
    }
}
