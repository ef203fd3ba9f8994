using System.Text.Json;
using Culvert.Identity.Service.Events;

namespace Culvert.Identity.Service.Tunnels.RangeSets;

internal sealed record RangeSetRemoved(ClientRangeSet Set) : AuditEvent
{
    public override string Name => AuditEvents.RangeSetRemoved;

    protected override void WriteData(Utf8JsonWriter json)
    {
        json.WriteString("range_set", Set.Name);
        json.WriteString("before", string.Join(' ', Set.Ranges));
    }
}
