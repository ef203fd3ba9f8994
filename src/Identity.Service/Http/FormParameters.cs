using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace Culvert.Identity.Service.Http;

/// <summary>
/// The parameters of an <c>application/x-www-form-urlencoded</c> body, parsed strictly: bounded in number and size, unique
/// names, complete escapes, UTF-8 values without control characters. Values without escapes are not copied.
/// </summary>
internal sealed class FormParameters
{
    /// <summary>More than any request of this API has, with room for a client's own parameters.</summary>
    public const int MaxFields = 32;

    public const int MaxNameBytes = 64;

    // Characters that may be unescaped (WHATWG URL §5.2, and RFC 3986's other unreserved and sub-delimiters, which clients
    // leave as they are).
    private static readonly SearchValues<byte> Plain = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~*!'():/?@$,;"u8
    );

    private readonly List<(string Name, ReadOnlyMemory<byte> Value)> fields = [];

    /// <summary>Null, or a sentence that names the problem.</summary>
    /// <param name="repeatable">The only name that may occur several times; the caller checks the count.</param>
    public static string? TryParse(ReadOnlyMemory<byte> body, string repeatable, out FormParameters parameters)
    {
        parameters = new FormParameters();
        var rest = body;
        while (rest.Length > 0)
        {
            var end = rest.Span.IndexOf((byte)'&');
            var field = end < 0 ? rest : rest[..end];
            rest = end < 0 ? default : rest[(end + 1)..];
            if (parameters.Add(field, repeatable) is { } problem)
            {
                return problem;
            }
        }

        return null;
    }

    /// <summary>The decoded value. A parameter without a value counts as absent (RFC 6749 §3.2).</summary>
    public ReadOnlyMemory<byte> Bytes(string name)
    {
        foreach (var field in fields)
        {
            if (field.Name == name)
            {
                return field.Value;
            }
        }

        return default;
    }

    /// <inheritdoc cref="Bytes"/>
    public string? Text(string name) =>
        Bytes(name) is { Length: > 0 } value ? Encoding.UTF8.GetString(value.Span) : null;

    public int Count(string name) => fields.Count(field => field.Name == name);

    private string? Add(ReadOnlyMemory<byte> field, string repeatable)
    {
        if (fields.Count == MaxFields)
        {
            return "body: too many parameters.";
        }

        var equals = field.Span.IndexOf((byte)'=');
        var nameBytes = equals < 0 ? field : field[..equals];
        if (
            nameBytes.Length is 0 or > MaxNameBytes
            || Decode(nameBytes) is not { Length: > 0 } name
            || !Ascii.IsValid(name.Span)
        )
        {
            return "body: a parameter's name is empty, too long or not ASCII.";
        }

        var text = Encoding.ASCII.GetString(name.Span);
        if (text != repeatable && fields.Exists(known => known.Name == text))
        {
            return $"{text}: appears twice.";
        }

        if (Decode(equals < 0 ? default : field[(equals + 1)..]) is not { } value)
        {
            return $"{text}: not UTF-8 text in form encoding.";
        }

        fields.Add((text, value));
        return null;
    }

    // Null: a broken escape, a character that must be escaped, a control character, or invalid UTF-8.
    private static ReadOnlyMemory<byte>? Decode(ReadOnlyMemory<byte> encoded)
    {
        var source = encoded.Span;
        var first = source.IndexOfAnyExcept(Plain);
        if (first < 0)
        {
            return encoded;
        }

        var target = new byte[source.Length];
        source[..first].CopyTo(target);
        var written = first;
        for (var i = first; i < source.Length; i++)
        {
            var octet = source[i];
            if (octet == '+')
            {
                octet = (byte)' ';
            }
            else if (octet == '%')
            {
                if (
                    i + 2 >= source.Length
                    || !char.IsAsciiHexDigit((char)source[i + 1])
                    || !char.IsAsciiHexDigit((char)source[i + 2])
                )
                {
                    return null;
                }

                octet = (byte)((HexValue(source[i + 1]) << 4) | HexValue(source[i + 2]));
                i += 2;
            }
            else if (!Plain.Contains(octet))
            {
                return null;
            }

            if (octet < ' ' || octet == 0x7f)
            {
                return null;
            }

            target[written++] = octet;
        }

        // Not a conditional expression: its null would become an empty memory.
        if (!Utf8.IsValid(target.AsSpan(0, written)))
        {
            return null;
        }

        return target.AsMemory(0, written);
    }

    private static int HexValue(byte digit) =>
        digit switch
        {
            <= (byte)'9' => digit - '0',
            <= (byte)'F' => digit - 'A' + 10,
            _ => digit - 'a' + 10,
        };
}
