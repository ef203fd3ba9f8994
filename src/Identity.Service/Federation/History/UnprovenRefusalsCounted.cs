using System.Text.Json;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Federation.Assertions;

namespace Culvert.Identity.Service.Federation.History;

/// <summary>The chain's summary of one minute's unproven refusals, by rule and reason.</summary>
internal sealed record UnprovenRefusalsCounted(IReadOnlyList<KeyValuePair<RefusalKey, long>> Counts) : AuditEvent
{
    public override string Name => AuditEvents.UnprovenRefusals;

    protected override void WriteData(Utf8JsonWriter json)
    {
        json.WriteStartArray("refusals");
        foreach (
            var (key, count) in Counts.OrderBy(c => c.Key.RuleId, StringComparer.Ordinal).ThenBy(c => c.Key.Reason)
        )
        {
            json.WriteStartObject();
            json.WriteString("federation_rule_id", key.RuleId);
            json.WriteString("reason", key.Reason.Name());
            json.WriteNumber("count", count);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
