using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Ids;

namespace Culvert.Identity.Service.Exchange.Replays;

/// <summary>
/// Another caller than its first user presented an assertion. The service cannot know which of the two is the thief, so
/// the event names both: the family that was granted first, and the request that was refused.
/// </summary>
internal sealed record ReplayDetected(
    AuditOrigin Origin,
    string OrganizationId,
    string RuleId,
    string IssuerId,
    string ReplayMode,
    string? AssertionId,
    ReplayTag First,
    ReplayTag Again
)
    : AuditEvent(
        AuditEvents.ReplayDetected,
        Origin,
        OrganizationId,
        [],
        [
            ("federation_rule_id", RuleId),
            ("issuer_id", IssuerId),
            ("replay_mode", ReplayMode),
            ("jti", AssertionId),
            ("family", First.Family),
            ("first_used_at", First.FirstUse),
            ("first_holder", WireNames.Get(First.HolderKind)),
            ("refused_holder", WireNames.Get(Again.HolderKind)),
            ("same_assertion", First.Assertion == Again.Assertion),
        ]
    );
