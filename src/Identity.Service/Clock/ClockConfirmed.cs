using System.Text.Json;
using Culvert.Identity.Service.Events;

namespace Culvert.Identity.Service.Clock;

internal sealed record ClockConfirmed(TimeSpan Step) : AuditEvent
{
    public override string Name => AuditEvents.ClockConfirmed;

    protected override void WriteData(Utf8JsonWriter json) => json.WriteNumber("step_seconds", (long)Step.TotalSeconds);
}
