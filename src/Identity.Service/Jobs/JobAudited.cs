using System.Text.Json;
using Culvert.Identity.Service.Events;

namespace Culvert.Identity.Service.Jobs;

/// <summary>An operator paused or resumed a job on all nodes, or ran it on one.</summary>
internal sealed record JobAudited(string Event, string Job, string? Reason) : AuditEvent
{
    public override string Name => Event;

    protected override void WriteData(Utf8JsonWriter json)
    {
        json.WriteString("job", Job);
        json.WriteString("reason", Reason);
    }
}
