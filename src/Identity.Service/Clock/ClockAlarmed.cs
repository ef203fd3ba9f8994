using System.Text.Json;
using Culvert.Identity.Service.Audit;

namespace Culvert.Identity.Service.Clock;

/// <summary>The wall clock stepped; nothing is minted from here on.</summary>
internal sealed record ClockAlarmed(ClockAlarm Alarm) : AuditEvent
{
    public override string Name => AuditEvents.ClockAlarm;

    protected override void WriteData(Utf8JsonWriter json) =>
        json.WriteNumber("step_seconds", (long)Alarm.Step.TotalSeconds);
}
