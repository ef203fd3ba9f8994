using System.Text.Json;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Ids;

namespace Culvert.Identity.Service.Exchange.Replays;

/// <summary>
/// Another caller than its first user presented an assertion. The service cannot know which of the two is the thief, so
/// the event names both: the family that was granted first, and the request that was refused.
/// </summary>
internal sealed record ReplayDetected : AuditEvent
{
    public override string Name => AuditEvents.ReplayDetected;

    public required string RuleId { get; init; }

    public required string IssuerId { get; init; }

    public required string ReplayMode { get; init; }

    public string? AssertionId { get; init; }

    public required ReplayTag First { get; init; }

    public required ReplayTag Again { get; init; }

    protected override void WriteData(Utf8JsonWriter json)
    {
        json.WriteString("federation_rule_id", RuleId);
        json.WriteString("issuer_id", IssuerId);
        json.WriteString("replay_mode", ReplayMode);
        WriteOptional(json, "jti", AssertionId);
        json.WriteString("family", First.Family);
        json.WriteString("first_used_at", First.FirstUse.UtcDateTime);
        json.WriteString("first_holder", WireNames.Of(First.HolderKind));
        json.WriteString("refused_holder", WireNames.Of(Again.HolderKind));
        json.WriteBoolean("same_assertion", First.Assertion == Again.Assertion);
    }
}
