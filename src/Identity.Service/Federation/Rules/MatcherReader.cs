using System.Text.Json;
using Culvert.Identity.Service.Federation.Rules.Conditions;

namespace Culvert.Identity.Service.Federation.Rules;

internal static class MatcherReader
{
    public const int MaxValues = 64;

    /// <summary>The matcher, or the sentence that describes the error.</summary>
    public static (ClaimMatcher? Matcher, string? Error) Read(MatcherDocument? document)
    {
        if (document is null || !ClaimPath.TryParse(document.Claim, out var path))
        {
            return (
                null,
                "claim: the name of a top-level claim, or a JSON Pointer such as /kubernetes.io/namespace, is required "
                    + "(1 to 1024 characters; in a pointer / is ~1 and ~ is ~0)."
            );
        }

        var operators =
            (document.Eq is null ? 0 : 1)
            + (document.In is null ? 0 : 1)
            + (document.Prefix is null ? 0 : 1)
            + (document.Segments is null ? 0 : 1)
            + (document.Contains is null ? 0 : 1);
        if (operators != 1)
        {
            return (null, $"{path.Text}: exactly one of eq, in, prefix, segments and contains is required.");
        }

        return document switch
        {
            { Eq: { } value } => Scalar(path, MatchOperator.Eq, value),
            { Contains: { } value } => Scalar(path, MatchOperator.Contains, value),
            { In: { } values } => ReadAlternatives(path, values),
            { Prefix: { } prefix } => prefix.Length is >= 1 and <= MatchValue.MaxTextLength
                ? (new ClaimMatcher(path, MatchOperator.Prefix, [MatchValue.From(prefix)]), null)
                : (null, $"{path.Text}: prefix has 1 to 1024 characters."),
            _ => Segments(path, document.Segments!),
        };
    }

    public static MatcherDocument ToDocument(ClaimMatcher matcher)
    {
        var document = new MatcherDocument(Claim: matcher.Path.Text);
        return matcher.Operator switch
        {
            MatchOperator.Eq => document with { Eq = Element(matcher.Values[0]) },
            MatchOperator.In => document with { In = [.. matcher.Values.Select(Element)] },
            MatchOperator.Prefix => document with { Prefix = matcher.Values[0].Text },
            MatchOperator.Segments => document with { Segments = matcher.Values[0].Text },
            _ => document with { Contains = Element(matcher.Values[0]) },
        };
    }

    private static (ClaimMatcher?, string?) Scalar(ClaimPath path, MatchOperator name, JsonElement element) =>
        MatchValue.TryRead(element, out var value)
            ? (new ClaimMatcher(path, name, [value]), null)
            : (null, $"{path.Text}: a string of at most 1024 characters, a whole number or a boolean is required.");

    private static (ClaimMatcher?, string?) ReadAlternatives(ClaimPath path, IReadOnlyList<JsonElement> elements)
    {
        if (elements.Count is 0 or > MaxValues)
        {
            return (null, $"{path.Text}: in has 1 to {MaxValues} values.");
        }

        var values = new List<MatchValue>();
        foreach (var element in elements)
        {
            var (matcher, error) = Scalar(path, MatchOperator.Eq, element);
            if (matcher is null)
            {
                return (null, error);
            }

            values.Add(matcher.Values[0]);
        }

        return (new ClaimMatcher(path, MatchOperator.In, values), null);
    }

    private static (ClaimMatcher?, string?) Segments(ClaimPath path, string text)
    {
        if (text.Length is 0 or > MatchValue.MaxTextLength)
        {
            return (null, $"{path.Text}: segments has 1 to 1024 characters.");
        }

        return SegmentPattern.TryParse(text, out _, out var error)
            ? (new ClaimMatcher(path, MatchOperator.Segments, [MatchValue.From(text)]), null)
            : (null, $"{path.Text}: {error}");
    }

    private static JsonElement Element(MatchValue value)
    {
        using var document = JsonDocument.Parse(value.Json);
        return document.RootElement.Clone();
    }
}
