using System.Text.Json.Serialization;
using Culvert.Identity.Service.Federation.Rules;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Federation.Simulation;

/// <summary>Who would gain or lose access by a change of a rule.</summary>
internal sealed record ReplayReportDocument(
    string Type,
    string FederationRuleId,
    int PresentVersion,
    string StateAfter,
    [property: JsonConverter(typeof(UtcTimeConverter))] DateTimeOffset Since,
    [property: JsonConverter(typeof(UtcTimeConverter))] DateTimeOffset? Oldest,
    long Events,
    bool Truncated,
    long StillAllowed,
    long StillDenied,
    int NewlyAllowedTotal,
    int NewlyDeniedTotal,
    IReadOnlyList<ReplayedIdentityDocument> NewlyAllowed,
    IReadOnlyList<ReplayedIdentityDocument> NewlyDenied
)
{
    /// <summary>The most identities shown of each kind; the totals count all.</summary>
    public const int MaxShown = 100;

    public static ReplayReportDocument From(Rule rule, Rule edited, PolicyReplayReport report) =>
        new(
            Type: "federation_rule_replay",
            FederationRuleId: rule.Id.Value,
            PresentVersion: rule.Version,
            StateAfter: edited.State.Name(),
            Since: report.Since,
            Oldest: report.Oldest,
            Events: report.Events,
            Truncated: report.IsTruncated,
            StillAllowed: report.StillAllowed,
            StillDenied: report.StillDenied,
            NewlyAllowedTotal: report.NewlyAllowed.Count,
            NewlyDeniedTotal: report.NewlyDenied.Count,
            NewlyAllowed: [.. report.NewlyAllowed.Take(MaxShown).Select(ReplayedIdentityDocument.From)],
            NewlyDenied: [.. report.NewlyDenied.Take(MaxShown).Select(ReplayedIdentityDocument.From)]
        );
}

/// <summary>An identity whose access would change.</summary>
internal sealed record ReplayedIdentityDocument(
    string? Subject,
    long Events,
    [property: JsonConverter(typeof(UtcTimeConverter))] DateTimeOffset LastSeen,
    string RequestId,
    string? Reason,
    string? Text
)
{
    public static ReplayedIdentityDocument From(ReplayedIdentity identity) =>
        new(
            Subject: identity.Subject,
            Events: identity.Events,
            LastSeen: identity.LastSeen,
            RequestId: identity.RequestId,
            Reason: identity.Reason,
            Text: identity.Text
        );
}
