using System.Text.Json;
using Culvert.Identity.Service.Events;

namespace Culvert.Identity.Service.Tunnels.RangeSets;

/// <summary>A set was created or replaced, with its old value: widening it widens every tunnel that names it.</summary>
internal sealed record RangeSetApplied(ClientRangeSet? Before, ClientRangeSet After) : AuditEvent
{
    public override string Name => AuditEvents.RangeSetApplied;

    protected override void WriteData(Utf8JsonWriter json)
    {
        json.WriteString("range_set", After.Name);
        json.WriteNumber("revision", After.Revision);
        json.WriteString("before", string.Join(' ', Before?.Ranges ?? []));
        json.WriteString("after", string.Join(' ', After.Ranges));
    }
}
