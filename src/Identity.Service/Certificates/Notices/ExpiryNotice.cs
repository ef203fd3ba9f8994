using System.Text.Json;
using Culvert.Identity.Service.Events;

namespace Culvert.Identity.Service.Certificates.Notices;

/// <summary>A certificate or authority expires in that many days, and has no replacement.</summary>
internal sealed record ExpiryNotice(ExpiringSubject Subject, int Days) : AuditEvent
{
    public override string Name => AuditEvents.ExpiryNotice;

    protected override void WriteData(Utf8JsonWriter json) => Write(json, Subject, Days);

    public static void Write(Utf8JsonWriter json, ExpiringSubject subject, int days)
    {
        json.WriteString("subject_type", subject.Type);
        json.WriteString("subject_id", subject.Id);
        json.WriteString("name", subject.Name);
        WriteOptional(json, "tunnel_id", subject.TunnelId);
        json.WriteString("not_after", subject.NotAfter.UtcDateTime);
        json.WriteNumber("threshold_days", days);
    }
}
