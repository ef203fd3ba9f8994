using System.Text.Json;
using Culvert.Identity.Service.Events;

namespace Culvert.Identity.Service.Federation.Explain;

/// <summary>An operator tried claims against rules. Records the act and its result, never the claims.</summary>
internal sealed record RuleSimulated : AuditEvent
{
    public override string Name => AuditEvents.FederationRuleSimulated;

    /// <summary><c>token</c>, <c>claims</c>, <c>event</c>, <c>sample</c> or <c>replay</c>.</summary>
    public required string Input { get; init; }

    /// <summary>Null for a draft or a search.</summary>
    public string? RuleId { get; init; }

    public string? IssuerId { get; init; }

    public string? Decision { get; init; }

    protected override void WriteData(Utf8JsonWriter json)
    {
        json.WriteString("input", Input);
        WriteOptional(json, "federation_rule_id", RuleId);
        WriteOptional(json, "issuer_id", IssuerId);
        WriteOptional(json, "decision", Decision);
    }
}
