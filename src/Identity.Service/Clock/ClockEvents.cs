using System.Text.Json;
using Culvert.Identity.Service.Events;

namespace Culvert.Identity.Service.Clock;

internal static class ClockEvents
{
    private const string StepSeconds = "step_seconds";

    /// <summary>The wall clock stepped; nothing is issued from here on.</summary>
    public static AuditEvent Alarmed(ClockAlarm alarm) =>
        new(
            AuditEvents.ClockAlarm,
            AuditOrigin.System(alarm.At),
            OrganizationId: null,
            [],
            [(StepSeconds, (long)alarm.Step.TotalSeconds)]
        );

    public static AuditEvent Confirmed(AuditOrigin origin, TimeSpan step) =>
        new(AuditEvents.ClockConfirmed, origin, OrganizationId: null, [], [(StepSeconds, (long)step.TotalSeconds)]);

    /// <summary>The step of a recorded alarm.</summary>
    public static TimeSpan ReadStep(ReadOnlyMemory<byte> body)
    {
        using var entry = JsonDocument.Parse(body);
        return TimeSpan.FromSeconds(entry.RootElement.GetProperty("event_data").GetProperty(StepSeconds).GetInt64());
    }
}
