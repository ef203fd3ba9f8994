using System.Globalization;
using System.Text;

namespace Culvert.Tunnel.Agent.Schemas;

/// <summary>
/// Parses a regular expression of ECMA-262 with the flag u (§22.2.1), and writes the same one for .NET. Each atom is
/// written by its code points, so that no class, escape or option of .NET has an effect. An unnecessary escape of
/// punctuation is the character itself, as all engines read it.
/// </summary>
/// <remarks>Groups and lazy quantifiers do not change whether a text matches, so they are not written.</remarks>
internal sealed class PatternParser(string pattern)
{
    private const int MaxCountDigits = 9;

    private static readonly CodePoints AnyInLine = CodePoints.LineEnds.Negate();

    private readonly List<(string Text, CodePoints? Set)> parts = [];
    private readonly HashSet<string> names = new(StringComparer.Ordinal);
    private int at;

    /// <exception cref="FormatException">The pattern is malformed, or has look-around, references to groups or
    /// options.</exception>
    public (string Expression, PatternAlphabet Alphabet) Translate()
    {
        ReadAlternatives();
        if (at < pattern.Length)
        {
            throw Invalid();
        }

        var alphabet = new PatternAlphabet(parts.Select(part => part.Set).OfType<CodePoints>());
        var output = new StringBuilder();
        foreach (var (text, set) in parts)
        {
            output.Append(text);
            if (set is not null)
            {
                alphabet.Write(set, output);
            }
        }

        return (output.ToString(), alphabet);
    }

    private void ReadAlternatives()
    {
        while (at < pattern.Length && pattern[at] != ')')
        {
            if (!TryReadAssertion())
            {
                ReadAtom();
                ReadQuantifier();
            }
        }
    }

    // Reads an assertion, which cannot be repeated.
    private bool TryReadAssertion()
    {
        foreach (var one in (string[])["|", "^", "$", @"\b", @"\B"])
        {
            if (TryRead(one))
            {
                // .NET's $ also matches before a line break at the end.
                Write(one == "$" ? @"\z" : one);
                return true;
            }
        }

        return false;
    }

    private void ReadAtom()
    {
        switch (pattern[at])
        {
            case '(':
                ReadGroup();
                break;
            case '[':
                at++;
                Write(ReadClass());
                break;
            case '.':
                at++;
                Write(AnyInLine);
                break;
            case '*' or '+' or '?' or '{' or '}' or ']':
                throw Invalid();
            default:
                var (one, set) = ReadCharacter(isInClass: false);
                Write(set ?? CodePoints.Range(one, one));
                break;
        }
    }

    private void ReadGroup()
    {
        at++;
        if (TryRead("?") && !TryRead(":"))
        {
            ReadName();
        }

        Write("(?:");
        ReadAlternatives();
        Write(TryRead(")") ? ")" : throw Invalid());
    }

    private void ReadName()
    {
        var end = TryRead("<") ? pattern.IndexOf('>', at) : -1;
        var name = end < 0 ? "" : pattern[at..end];
        if (
            name.Length == 0
            || char.IsAsciiDigit(name[0])
            || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '$')
            || !names.Add(name)
        )
        {
            throw Invalid();
        }

        at = end + 1;
    }

    private void ReadQuantifier()
    {
        if (at == pattern.Length)
        {
            return;
        }

        if (pattern[at] is '*' or '+' or '?')
        {
            Write(pattern[at++].ToString());
        }
        else if (TryRead("{"))
        {
            var least = ReadCount();
            var most = TryRead(",") ? (at < pattern.Length && pattern[at] != '}' ? ReadCount() : int.MaxValue) : least;
            if (!TryRead("}") || least > most)
            {
                throw Invalid();
            }

            var bound = most == int.MaxValue ? "" : most.ToString(CultureInfo.InvariantCulture);
            Write(string.Create(CultureInfo.InvariantCulture, $"{{{least},{bound}}}"));
        }
        else
        {
            return;
        }

        TryRead("?");
    }

    private int ReadCount()
    {
        var start = at;
        while (at < pattern.Length && char.IsAsciiDigit(pattern[at]))
        {
            at++;
        }

        return at - start is > 0 and <= MaxCountDigits
            ? int.Parse(pattern.AsSpan(start, at - start), CultureInfo.InvariantCulture)
            : throw Invalid();
    }

    private CodePoints ReadClass()
    {
        var isNegated = TryRead("^");
        var all = new List<CodePoints>();
        while (!TryRead("]"))
        {
            var (from, set) = ReadCharacter(isInClass: true);
            if (at + 1 < pattern.Length && pattern[at] == '-' && pattern[at + 1] != ']')
            {
                at++;
                var (to, other) = ReadCharacter(isInClass: true);
                set = set is null && other is null && from <= to ? CodePoints.Range(from, to) : throw Invalid();
            }

            all.Add(set ?? CodePoints.Range(from, from));
        }

        var any = all.Aggregate(CodePoints.None, (one, other) => one.With(other));
        return isNegated ? any.Negate() : any;
    }

    // One character, or the set of an escape.
    private (int One, CodePoints? Set) ReadCharacter(bool isInClass)
    {
        if (at == pattern.Length)
        {
            throw Invalid();
        }

        if (!TryRead(@"\"))
        {
            return (ReadRune(), null);
        }

        if (at == pattern.Length)
        {
            throw Invalid();
        }

        var escaped = pattern[at++];
        return escaped switch
        {
            'd' => (0, CodePoints.Digits),
            'D' => (0, CodePoints.Digits.Negate()),
            'w' => (0, CodePoints.Word),
            'W' => (0, CodePoints.Word.Negate()),
            's' => (0, CodePoints.Space),
            'S' => (0, CodePoints.Space.Negate()),
            'p' => (0, ReadCategory()),
            'P' => (0, ReadCategory().Negate()),
            't' => ('\t', null),
            'n' => ('\n', null),
            'v' => ('\v', null),
            'f' => ('\f', null),
            'r' => ('\r', null),
            'b' when isInClass => ('\b', null),
            '0' when at == pattern.Length || !char.IsAsciiDigit(pattern[at]) => ('\0', null),
            'c' when at < pattern.Length && char.IsAsciiLetter(pattern[at]) => (pattern[at++] % 32, null),
            'x' => (ReadHex(2), null),
            'u' => (ReadUnicode(), null),
            _ => char.IsAscii(escaped) && !char.IsAsciiLetterOrDigit(escaped) && !char.IsControl(escaped)
                ? ((int)escaped, (CodePoints?)null)
                : throw Invalid(),
        };
    }

    private int ReadRune()
    {
        var status = Rune.DecodeFromUtf16(pattern.AsSpan(at), out var rune, out var units);
        at += units;
        return status == System.Buffers.OperationStatus.Done ? rune.Value : throw Invalid();
    }

    private CodePoints ReadCategory()
    {
        var end = TryRead("{") ? pattern.IndexOf('}', at) : -1;
        var set = end < 0 ? null : CodePoints.FindCategory(pattern[at..end]);
        at = end + 1;
        return set ?? throw Invalid();
    }

    private int ReadUnicode()
    {
        if (!TryRead("{"))
        {
            var unit = ReadHex(4);
            var start = at;
            if (char.IsHighSurrogate((char)unit) && TryRead(@"\u") && !TryRead("{"))
            {
                var second = ReadHex(4);
                if (char.IsLowSurrogate((char)second))
                {
                    return char.ConvertToUtf32((char)unit, (char)second);
                }
            }

            at = start;
            return unit;
        }

        var end = pattern.IndexOf('}', at);
        var digits = end < 0 ? "" : pattern[at..end].TrimStart('0');
        if (
            end <= at
            || digits.Length > 6
            || !int.TryParse("0" + digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value)
            || value > 0x10FFFF
        )
        {
            throw Invalid();
        }

        at = end + 1;
        return value;
    }

    private int ReadHex(int digits)
    {
        if (
            at + digits > pattern.Length
            || !int.TryParse(
                pattern.AsSpan(at, digits),
                NumberStyles.AllowHexSpecifier,
                CultureInfo.InvariantCulture,
                out var value
            )
        )
        {
            throw Invalid();
        }

        at += digits;
        return value;
    }

    private void Write(string text) => parts.Add((text, null));

    private void Write(CodePoints set) => parts.Add(("", set));

    private bool TryRead(string text)
    {
        if (!pattern.AsSpan(at).StartsWith(text, StringComparison.Ordinal))
        {
            return false;
        }

        at += text.Length;
        return true;
    }

    private FormatException Invalid() => new($"The pattern cannot be read at {at}.");
}
