using Culvert.Identity.Service.Federation.Rules.Conditions;

namespace Culvert.Identity.Service.Federation.Lints;

/// <summary>A rule's constraint on one claim, from any part of its match.</summary>
/// <param name="Values">As text; none for <see cref="PinKind.Expression"/>.</param>
internal sealed record Pin(ClaimPath Path, PinKind Kind, IReadOnlyList<string> Values)
{
    public static Pin From(ClaimMatcher matcher) =>
        new(matcher.Path, ToKind(matcher.Operator), [.. matcher.Values.Select(value => value.Text ?? value.Json)]);

    /// <summary>Exactly these values, none of them empty.</summary>
    public bool IsWhole => Kind == PinKind.Exact && Values.All(value => value.Length > 0);

    public bool Is(string claim) => ClaimPath.TryParse(claim, out var path) && path.Pointer == Path.Pointer;

    private static PinKind ToKind(MatchOperator name) =>
        name switch
        {
            MatchOperator.Eq or MatchOperator.In => PinKind.Exact,
            MatchOperator.Prefix => PinKind.Prefix,
            MatchOperator.Segments => PinKind.Segments,
            _ => PinKind.Contains,
        };
}
