using System.Text.Json;
using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Federation.Rules.Cel;
using Culvert.Identity.Service.Federation.Rules.Conditions;
using Culvert.Jose.Refusals;
using Culvert.Jose.Tokens;

namespace Culvert.Identity.Service.Federation.Rules;

/// <summary>Reads a <c>match</c> strictly: a condition that the service would not check must never be saved.</summary>
internal static class RuleMatchReader
{
    // A token of an unknown subject with only the claims that every token has.
    private static readonly ClaimSet Anybody = ReadAnybody();

    public const int MaxClaims = 32;
    public const int MaxMatchers = 32;
    public const int MaxTextLength = 1024;

    public static Result<RuleMatch> Read(MatchDocument document)
    {
        if (CheckSubject(document.SubjectPrefix) is { } badSubject)
        {
            return Refuse(badSubject);
        }

        if (CheckSegments(document.SubjectSegments) is { } badSegments)
        {
            return Refuse(badSegments);
        }

        if (document.Audience is { } audience && !IsText(audience))
        {
            return Refuse("match.audience: 1 to 1024 printable ASCII characters are required.");
        }

        var claims = new List<KeyValuePair<string, string>>();
        foreach (var (name, value) in document.Claims ?? [])
        {
            if (name.Length is 0 or > MaxTextLength || name.Any(char.IsControl))
            {
                return Refuse("match.claims: a claim's name has 1 to 1024 characters.");
            }

            if (value.ValueKind != JsonValueKind.String || value.GetString() is not { Length: <= MaxTextLength } text)
            {
                return Refuse($"match.claims.{name}: a string of at most 1024 characters is required.");
            }

            claims.Add(new(name, text));
        }

        if (claims.Count > MaxClaims)
        {
            return Refuse("match.claims: at most 32.");
        }

        var matchers = new List<ClaimMatcher>();
        foreach (var given in document.Matchers ?? [])
        {
            var (matcher, error) = MatcherReader.Read(given);
            if (matcher is null)
            {
                return Refuse($"match.matchers: {error}");
            }

            matchers.Add(matcher);
        }

        if (matchers.Count > MaxMatchers)
        {
            return Refuse("match.matchers: at most 32.");
        }

        if (document.Condition is { } condition && CheckCondition(condition) is { } badCondition)
        {
            return badCondition;
        }

        if (
            document is { SubjectPrefix: null, SubjectSegments: null, Condition: null }
            && claims.Count == 0
            && matchers.Count == 0
        )
        {
            return Refuse(
                "match: subject_prefix, subject_segments, claims, matchers or condition is required; "
                    + "audience alone is not a restriction."
            );
        }

        claims.Sort((a, b) => string.CompareOrdinal(a.Key, b.Key));
        return new RuleMatch
        {
            Subject = document.SubjectPrefix,
            SubjectSegments = document.SubjectSegments,
            Audience = document.Audience,
            Claims = claims,
            Matchers = matchers,
            Condition = document.Condition,
        };
    }

    private static string? CheckSubject(string? subject)
    {
        if (subject is null)
        {
            return null;
        }

        if (!IsText(subject))
        {
            return "match.subject_prefix: 1 to 1024 printable ASCII characters are required.";
        }

        if (subject == "*")
        {
            return "match.subject_prefix: * alone is not a restriction.";
        }

        var star = subject.IndexOf('*', StringComparison.Ordinal);
        return star < 0 || star == subject.Length - 1
            ? null
            : "match.subject_prefix: * is allowed as the last character only.";
    }

    private static Refusal? CheckCondition(string condition)
    {
        if (!CelProgram.TryCompile(condition, out var program, out var error))
        {
            return FederationErrors.Condition.Refuse($"match.condition: {error}").With("position", error.Position);
        }

        return program.Evaluate(Anybody, PersonGroups.OfNoUser).Holds == true
            ? FederationErrors.Condition.Refuse(
                "match.condition: it is true for any token that has only the standard claims; "
                    + "compare a claim with a value of yours, or require a group."
            )
            : null;
    }

    private static string? CheckSegments(string? pattern)
    {
        if (pattern is null)
        {
            return null;
        }

        if (!IsText(pattern))
        {
            return "match.subject_segments: 1 to 1024 printable ASCII characters are required.";
        }

        return SegmentPattern.TryParse(pattern, out _, out var error) ? null : $"match.subject_segments: {error}";
    }

    private static ClaimSet ReadAnybody()
    {
        var json =
            """
            {"iss":"https://nobody.invalid","sub":"5f1c9d0e-nobody","aud":"https://nobody.invalid/aud","jti":"0a3b7c",
             "iat":1600000000,"nbf":1600000000,"exp":1600000300}
            """u8.ToArray();
        return ClaimSet.TryParse(json, out var claims) == JoseRefusal.None
            ? claims!
            : throw new InvalidOperationException();
    }

    // Non-ASCII text has look-alikes, which a reader of the rule could not distinguish.
    private static bool IsText(string text) =>
        text.Length is >= 1 and <= MaxTextLength && text.All(c => c is >= ' ' and <= '~');

    private static Result<RuleMatch> Refuse(string message) => FederationErrors.Match.Refuse(message);
}
