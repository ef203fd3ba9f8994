using System.Text.Json.Serialization;
using Culvert.Identity.Service.Federation.Assertions;
using Culvert.Identity.Service.Federation.Explain;
using Culvert.Identity.Service.Federation.Rules;

namespace Culvert.Identity.Service.Federation.Simulation;

/// <summary>
/// The result of a simulated exchange. If the request names no rule: the rules that match and the nearest ones.
/// </summary>
/// <param name="Rule">The rule that was tried.</param>
/// <param name="Grant">What would be granted.</param>
/// <param name="Searched">How many rules were tried.</param>
/// <param name="Trace">Every check in the order in which it ran; of a search, that of the nearest rule.</param>
/// <param name="Candidate">The result for the next version of the rule.</param>
internal sealed record SimulationDocument(
    [property: JsonPropertyOrder(-2)] string Type,
    string Decision,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Reason,
    SimulatedGrantDocument? Grant = null,
    int? Searched = null,
    bool? Truncated = null,
    IReadOnlyList<SimulatedMatchDocument>? Matches = null,
    IReadOnlyList<SimulatedMissDocument>? Nearest = null,
    ExplanationDocument? Trace = null,
    SimulatedCandidateDocument? Candidate = null,
    [property: JsonPropertyOrder(-1)] SimulatedRuleDocument? Rule = null
)
{
    private const string TypeName = "simulation";

    /// <param name="rule">Without an id for a draft.</param>
    public static SimulationDocument From(SimulatedRuleDocument rule, Simulated simulated, Simulated? candidate) =>
        new(
            Type: TypeName,
            Decision: simulated.Decision,
            Reason: simulated.Denial?.Reason.Name(),
            Grant: SimulatedGrantDocument.From(simulated),
            Trace: simulated.Explain().ToDocument(),
            Candidate: candidate is null ? null : SimulatedCandidateDocument.From(candidate),
            Rule: rule
        );

    public static SimulationDocument From(SimulatedSearch search) =>
        new(
            Type: TypeName,
            Decision: search.Decision,
            Reason: search.Reason?.Name(),
            Searched: search.Tried.Count,
            Truncated: search.IsTruncated,
            Matches: [.. search.Matches.Select(SimulatedMatchDocument.From)],
            Nearest: [.. search.Nearest.Select(SimulatedMissDocument.From)],
            Trace: search.Matches.Count == 0 ? search.Closest.Explain().ToDocument() : null
        );
}

/// <param name="Id">Null for a draft.</param>
internal sealed record SimulatedRuleDocument(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Id,
    string Name,
    int Version,
    string State
)
{
    public static SimulatedRuleDocument From(CompiledRule rule) =>
        new(rule.Rule.Id.Value, rule.Rule.Name, rule.Rule.Version, rule.Rule.State.Name());
}

/// <summary>What would be granted. A binding is proved with a request, which a simulation does not have.</summary>
internal sealed record SimulatedGrantDocument(
    string ServiceAccountId,
    string WorkspaceId,
    string OauthScope,
    int TokenLifetimeSeconds,
    string Bind
)
{
    /// <summary>Null if nothing would be granted.</summary>
    public static SimulatedGrantDocument? From(Simulated simulated) =>
        simulated.Denial is not null
            ? null
            : new(
                ServiceAccountId: simulated.Rule.Account.Id.Value,
                WorkspaceId: simulated.Context.WorkspaceId!,
                OauthScope: simulated.Rule.GrantedIn(simulated.Context.WorkspaceId!).Text,
                TokenLifetimeSeconds: simulated.Rule.Rule.TokenLifetimeSeconds,
                Bind: simulated.Rule.Rule.Bind.Name()
            );
}

internal sealed record SimulatedMatchDocument(SimulatedRuleDocument Rule, SimulatedGrantDocument Grant)
{
    public static SimulatedMatchDocument From(Simulated match) =>
        new(SimulatedRuleDocument.From(match.Rule), SimulatedGrantDocument.From(match)!);
}

/// <param name="Failed">The number of conditions that failed.</param>
internal sealed record SimulatedMissDocument(SimulatedRuleDocument Rule, int Failed, string Text)
{
    public static SimulatedMissDocument From(Simulated miss) =>
        new(SimulatedRuleDocument.From(miss.Rule), miss.FailedConditions, miss.Explain().NearestMiss!);
}

internal sealed record SimulatedCandidateDocument(
    int Version,
    string Decision,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Reason,
    [property: JsonPropertyOrder(1)] ExplanationDocument Trace,
    SimulatedGrantDocument? Grant = null
)
{
    public static SimulatedCandidateDocument From(Simulated candidate) =>
        new(
            Version: candidate.Rule.Rule.Version,
            Decision: candidate.Decision,
            Reason: candidate.Denial?.Reason.Name(),
            Trace: candidate.Explain().ToDocument(),
            Grant: SimulatedGrantDocument.From(candidate)
        );
}
