using System.Globalization;
using System.Text;

namespace Culvert.Identity.Service.Federation.Rules.Cel;

/// <summary>Splits an expression into the tokens of the CEL specification.</summary>
internal sealed class CelLexer(string text)
{
    private static readonly string[] Punctuation =
    [
        "==",
        "!=",
        "<=",
        ">=",
        "&&",
        "||",
        "<",
        ">",
        "!",
        "?",
        ":",
        ".",
        ",",
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        "+",
        "-",
        "*",
        "/",
        "%",
    ];

    private int at;

    public CelToken Next()
    {
        SkipBlanks();
        if (at >= text.Length)
        {
            return new CelToken(CelTokenKind.End, at + 1, "");
        }

        var c = text[at];
        if (IsStringStart(out var prefix))
        {
            return ReadString(prefix);
        }

        if (IsNameStart(c))
        {
            return ReadName();
        }

        if (char.IsAsciiDigit(c) || (c == '.' && at + 1 < text.Length && char.IsAsciiDigit(text[at + 1])))
        {
            return ReadNumber();
        }

        if (Array.Find(Punctuation, p => string.CompareOrdinal(text, at, p, 0, p.Length) == 0) is { } punctuation)
        {
            var token = new CelToken(CelTokenKind.Punctuation, at + 1, punctuation);
            at += punctuation.Length;
            return token;
        }

        throw c switch
        {
            '=' => Error("'=' is not an operator; compare with ==."),
            '&' or '|' => Error($"'{c}' is not an operator; write {c}{c}."),
            '`' => Error("quoted field names are not supported; write claims['name']."),
            _ => Error($"unexpected '{c}'."),
        };
    }

    private static bool IsNameStart(char c) => char.IsAsciiLetter(c) || c == '_';

    private CelSyntaxException Error(string message) => new(at + 1, message);

    private void SkipBlanks()
    {
        while (at < text.Length)
        {
            if (text[at] is ' ' or '\t' or '\r' or '\n' or '\f')
            {
                at++;
            }
            else if (string.CompareOrdinal(text, at, "//", 0, 2) == 0)
            {
                var end = text.IndexOf('\n', at);
                at = end < 0 ? text.Length : end;
            }
            else
            {
                return;
            }
        }
    }

    private CelToken ReadName()
    {
        var start = at;
        while (at < text.Length && (IsNameStart(text[at]) || char.IsAsciiDigit(text[at])))
        {
            at++;
        }

        var name = text[start..at];
        var kind = name is "true" or "false" or "null" or "in" ? CelTokenKind.Keyword : CelTokenKind.Identifier;
        return new CelToken(kind, start + 1, name);
    }

    private CelToken ReadNumber()
    {
        var start = at;
        var kind = CelTokenKind.Int;
        if (text[at] == '0' && at + 1 < text.Length && text[at + 1] is 'x' or 'X')
        {
            at += 2;
            SkipWhile(char.IsAsciiHexDigit);
        }
        else
        {
            SkipWhile(char.IsAsciiDigit);
            if (at + 1 < text.Length && text[at] == '.' && char.IsAsciiDigit(text[at + 1]))
            {
                kind = CelTokenKind.Double;
                at++;
                SkipWhile(char.IsAsciiDigit);
            }

            if (at < text.Length && text[at] is 'e' or 'E')
            {
                kind = CelTokenKind.Double;
                at++;
                if (at < text.Length && text[at] is '+' or '-')
                {
                    at++;
                }

                SkipWhile(char.IsAsciiDigit);
            }
        }

        if (kind == CelTokenKind.Int && at < text.Length && text[at] is 'u' or 'U')
        {
            kind = CelTokenKind.Uint;
            at++;
        }

        if (at < text.Length && (IsNameStart(text[at]) || char.IsAsciiDigit(text[at])))
        {
            throw Error($"'{text[at]}' is not expected in a number.");
        }

        return new CelToken(kind, start + 1, text[start..at]);
    }

    private void SkipWhile(Func<char, bool> isPart)
    {
        while (at < text.Length && isPart(text[at]))
        {
            at++;
        }
    }

    private bool IsStringStart(out string prefix)
    {
        var end = at;
        while (end < text.Length && end < at + 2 && text[end] is 'r' or 'R' or 'b' or 'B')
        {
            end++;
        }

        prefix = text[at..end].ToLowerInvariant();
        return end < text.Length && text[end] is '"' or '\'';
    }

    private CelToken ReadString(string prefix)
    {
        var start = at;
        if (prefix.Contains('b', StringComparison.Ordinal))
        {
            throw Error("bytes are not supported; claims are text: leave the b away.");
        }

        at += prefix.Length;
        var quote = text[at];
        var isTriple = string.CompareOrdinal(text, at, new string(quote, 3), 0, 3) == 0;
        var closing = new string(quote, isTriple ? 3 : 1);
        at += closing.Length;
        var value = new StringBuilder();
        while (true)
        {
            if (at >= text.Length || (!isTriple && text[at] is '\r' or '\n'))
            {
                throw new CelSyntaxException(start + 1, "the string is not terminated.");
            }

            if (string.CompareOrdinal(text, at, closing, 0, closing.Length) == 0)
            {
                at += closing.Length;
                break;
            }

            if (text[at] == '\\' && prefix.Length == 0)
            {
                ReadEscape(value);
            }
            else
            {
                value.Append(text[at++]);
            }
        }

        var result = value.ToString();
        // A claim cannot contain half a surrogate pair.
        for (var i = 0; i < result.Length; i++)
        {
            if (char.IsSurrogate(result[i]) && !(i + 1 < result.Length && char.IsSurrogatePair(result[i], result[++i])))
            {
                throw new CelSyntaxException(start + 1, "the string contains half a surrogate pair.");
            }
        }

        return new CelToken(CelTokenKind.String, start + 1, result);
    }

    private void ReadEscape(StringBuilder value)
    {
        at++;
        var c = at < text.Length ? text[at++] : '\0';
        switch (c)
        {
            case 'a':
                value.Append('\a');
                break;
            case 'b':
                value.Append('\b');
                break;
            case 'f':
                value.Append('\f');
                break;
            case 'n':
                value.Append('\n');
                break;
            case 'r':
                value.Append('\r');
                break;
            case 't':
                value.Append('\t');
                break;
            case 'v':
                value.Append('\v');
                break;
            case '\\' or '?' or '"' or '\'' or '`':
                value.Append(c);
                break;
            case 'x' or 'X':
                ReadCodePoint(value, 2, NumberStyles.AllowHexSpecifier);
                break;
            case 'u':
                ReadCodePoint(value, 4, NumberStyles.AllowHexSpecifier);
                break;
            case 'U':
                ReadCodePoint(value, 8, NumberStyles.AllowHexSpecifier);
                break;
            case >= '0' and <= '3':
                at--;
                ReadOctal(value);
                break;
            default:
                at -= 2;
                throw Error("this is not an escape sequence; write \\\\ for a backslash, or r'…' for a raw string.");
        }
    }

    private void ReadCodePoint(StringBuilder value, int digits, NumberStyles style)
    {
        if (
            at + digits > text.Length
            || !int.TryParse(text.AsSpan(at, digits), style, CultureInfo.InvariantCulture, out var code)
            || !Rune.IsValid(code)
        )
        {
            throw Error($"{digits} hexadecimal digits of a character are expected.");
        }

        at += digits;
        value.Append(new Rune(code).ToString());
    }

    private void ReadOctal(StringBuilder value)
    {
        var code = 0;
        for (var i = 0; i < 3; i++)
        {
            if (at >= text.Length || text[at] is < '0' or > '7')
            {
                throw Error("three octal digits are expected.");
            }

            code = (code * 8) + (text[at++] - '0');
        }

        value.Append((char)code);
    }
}
