using Culvert.Identity.Service.Federation.Assertions;

namespace Culvert.Identity.Service.Federation.Simulation;

/// <summary>One token against the rules of an issuer.</summary>
/// <param name="IsTruncated">There were more rules than a search evaluates.</param>
internal sealed record SimulatedSearch(IReadOnlyList<Simulated> Tried, bool IsTruncated)
{
    public IReadOnlyList<Simulated> Matches => [.. Tried.Where(one => one.Denial is null)];

    /// <summary>Several rules would grant different things: only a rule id tells which one is meant.</summary>
    public bool IsAmbiguous =>
        Matches
            .Select(one => (one.Rule.Account.Id, one.Context.WorkspaceId, one.Rule.Rule.OAuthScope))
            .Distinct()
            .Count() > 1;

    public IReadOnlyList<Simulated> Nearest =>
        [
            .. Tried
                .Where(one => one.IsNearMiss)
                .OrderBy(one => one.FailedConditions)
                .ThenBy(one => one.Rule.Rule.Name, StringComparer.Ordinal)
                .Take(Simulator.MaxNearest),
        ];

    /// <summary>The rule whose trace explains the result if none matches.</summary>
    public Simulated Closest => Nearest is [var nearest, ..] ? nearest : Tried[0];

    public string Decision =>
        IsAmbiguous ? "ambiguous"
        : Matches.Count > 0 ? "granted"
        : "denied";

    /// <summary>Null if it would be granted.</summary>
    public DenialReason? Reason =>
        IsAmbiguous ? DenialReason.AmbiguousRule
        : Matches.Count > 0 ? null
        : Closest.Denial!.Value.Reason;
}
