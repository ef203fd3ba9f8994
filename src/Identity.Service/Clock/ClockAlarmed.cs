using System.Text.Json;
using Culvert.Identity.Service.Events;

namespace Culvert.Identity.Service.Clock;

/// <summary>The wall clock stepped; nothing is issued from here on.</summary>
internal sealed record ClockAlarmed(ClockAlarm Alarm) : AuditEvent
{
    private const string StepSeconds = "step_seconds";

    public override string Name => AuditEvents.ClockAlarm;

    public static TimeSpan ReadStep(ReadOnlyMemory<byte> body)
    {
        using var entry = JsonDocument.Parse(body);
        return TimeSpan.FromSeconds(entry.RootElement.GetProperty("event_data").GetProperty(StepSeconds).GetInt64());
    }

    protected override void WriteData(Utf8JsonWriter json) =>
        json.WriteNumber(StepSeconds, (long)Alarm.Step.TotalSeconds);
}
