using System.Globalization;
using System.Text.Json;
using Culvert.Identity.Service.Errors;

namespace Culvert.Identity.Service.Scim;

/// <summary>
/// Reads filters (RFC 7644 §3.4.2.2). Bounded in length, depth and terms, and checked against the schema: stricter than
/// the standard, a filter on an attribute that is not kept is refused instead of matching nothing.
/// </summary>
internal sealed class ScimFilterParser
{
    public const int MaxLength = 1024;
    public const int MaxDepth = 8;
    public const int MaxTerms = 32;

    private readonly ScimResourceType type;
    private readonly string text;
    private int at;
    private int depth;
    private int terms;

    // In a value filter, names are sub-attributes of this attribute.
    private ScimAttribute? scope;

    private ScimFilterParser(ScimResourceType type, string text, ScimAttribute? scope)
    {
        this.type = type;
        this.text = text;
        this.scope = scope;
    }

    public static Result<ScimFilter> Parse(ScimResourceType type, string text) => Parse(type, text, scope: null);

    /// <summary>The filter between the brackets of <c>emails[…]</c>.</summary>
    public static Result<ScimFilter> ParseOfValue(ScimResourceType type, ScimAttribute attribute, string text) =>
        Parse(type, text, attribute);

    private static Result<ScimFilter> Parse(ScimResourceType type, string text, ScimAttribute? scope)
    {
        if (text.Length > MaxLength)
        {
            return Refuse($"it has over {MaxLength} characters");
        }

        var parser = new ScimFilterParser(type, text, scope);
        try
        {
            var filter = parser.ReadOr();
            parser.SkipBlanks();
            return parser.at == text.Length
                ? Result<ScimFilter>.Ok(filter)
                : Refuse($"unexpected text at position {parser.at + 1}");
        }
        catch (FormatException malformed)
        {
            return Refuse(malformed.Message);
        }
    }

    private static Refusal Refuse(string why) => ScimErrors.Filter.Refuse($"filter: {why}.");

    private ScimFilter ReadOr()
    {
        var left = ReadAnd();
        while (TryWord("or"))
        {
            left = new ScimOr(left, ReadAnd());
        }

        return left;
    }

    private ScimFilter ReadAnd()
    {
        var left = ReadTerm();
        while (TryWord("and"))
        {
            left = new ScimAnd(left, ReadTerm());
        }

        return left;
    }

    private ScimFilter ReadTerm()
    {
        if (++terms > MaxTerms)
        {
            throw new FormatException($"it has over {MaxTerms} terms");
        }

        if (TryWord("not"))
        {
            Require('(');
            return new ScimNot(ReadNested(')'));
        }

        return TryChar('(') ? ReadNested(')') : ReadComparison();
    }

    private ScimFilter ReadNested(char end)
    {
        if (++depth > MaxDepth)
        {
            throw new FormatException($"it is nested over {MaxDepth} deep");
        }

        var inner = ReadOr();
        Require(end);
        depth--;
        return inner;
    }

    private ScimFilter ReadComparison()
    {
        var name = ReadName();
        var path = FindPath(name) ?? throw new FormatException($"{name} is not an attribute that is kept");
        if (TryChar('['))
        {
            if (scope is not null || path.Sub is not null || !path.Attribute.IsMultiValued)
            {
                throw new FormatException($"{name} has no values to filter");
            }

            scope = path.Attribute;
            var inner = ReadNested(']');
            scope = null;
            return new ScimValueFilter(path.Attribute, inner);
        }

        var word = ReadName();
        if (!Enum.TryParse<ScimOperator>(word, ignoreCase: true, out var operation) || !char.IsLetter(word[0]))
        {
            throw new FormatException($"{word} is not an operator");
        }

        return operation == ScimOperator.Pr
            ? new ScimComparison(path, operation, Value: null)
            : new ScimComparison(path, operation, ReadValue(path, operation));
    }

    private ScimPath? FindPath(string name)
    {
        if (scope is null)
        {
            return ScimPath.Find(type, name) is { } path && path.Sub is null or { IsStored: true } ? path : null;
        }

        // The values of a value filter are plain objects: their sub-attributes are compared directly.
        return scope.FindSub(name) is { IsStored: true } sub ? new ScimPath(sub, Sub: null) : null;
    }

    private object? ReadValue(ScimPath path, ScimOperator operation)
    {
        var value = ReadLiteral();
        var compared = path.Compared ?? throw new FormatException($"{path.Attribute.Name} needs a sub-attribute");
        var isEquality = operation is ScimOperator.Eq or ScimOperator.Ne;
        if (value is null)
        {
            return isEquality ? null : throw new FormatException("null is compared with eq and ne");
        }

        return (compared.Type, value) switch
        {
            (ScimDataType.Boolean, bool flag) when isEquality => flag,
            (ScimDataType.Boolean, string word) when isEquality && bool.TryParse(word, out var flag) => flag,
            (ScimDataType.String, string word)
                when isEquality || operation is ScimOperator.Co or ScimOperator.Sw or ScimOperator.Ew => word,
            (ScimDataType.DateTime, string word)
                when operation is not (ScimOperator.Co or ScimOperator.Sw or ScimOperator.Ew)
                    && DateTimeOffset.TryParse(
                        word,
                        CultureInfo.InvariantCulture,
                        DateTimeStyles.AssumeUniversal,
                        out var time
                    ) => time,
            _ => throw new FormatException($"{compared.Name} cannot be compared with this operator and value"),
        };
    }

    private object? ReadLiteral()
    {
        SkipBlanks();
        if (at < text.Length && text[at] == '"')
        {
            return ReadText();
        }

        var word = ReadName();
        return word.ToUpperInvariant() switch
        {
            "TRUE" => true,
            "FALSE" => false,
            "NULL" => null,
            _ => throw new FormatException("a value is a string in quotes, true, false or null"),
        };
    }

    private string ReadText()
    {
        var start = at++;
        while (at < text.Length && text[at] != '"')
        {
            at += text[at] == '\\' ? 2 : 1;
        }

        if (at >= text.Length)
        {
            throw new FormatException("a string has no end");
        }

        at++;
        try
        {
            return JsonSerializer.Deserialize(text.AsSpan(start, at - start), ScimJson.Default.String)!;
        }
        catch (Exception malformed) when (malformed is JsonException or InvalidOperationException)
        {
            throw new FormatException("a string is malformed");
        }
    }

    private string ReadName()
    {
        SkipBlanks();
        var start = at;
        while (at < text.Length && (char.IsAsciiLetterOrDigit(text[at]) || text[at] is '.' or ':' or '_' or '-' or '$'))
        {
            at++;
        }

        return at > start ? text[start..at] : throw new FormatException($"a name is expected at position {start + 1}");
    }

    private bool TryWord(string word)
    {
        SkipBlanks();
        var end = at + word.Length;
        if (
            !text.AsSpan(at).StartsWith(word, StringComparison.OrdinalIgnoreCase)
            || (end < text.Length && text[end] is not (' ' or '('))
        )
        {
            return false;
        }

        at = end;
        return true;
    }

    private bool TryChar(char wanted)
    {
        SkipBlanks();
        if (at >= text.Length || text[at] != wanted)
        {
            return false;
        }

        at++;
        return true;
    }

    private void Require(char wanted)
    {
        if (!TryChar(wanted))
        {
            throw new FormatException($"{wanted} is expected at position {at + 1}");
        }
    }

    private void SkipBlanks()
    {
        while (at < text.Length && text[at] == ' ')
        {
            at++;
        }
    }
}
