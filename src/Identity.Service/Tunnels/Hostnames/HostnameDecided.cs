using System.Text.Json;
using Culvert.Identity.Service.Events;

namespace Culvert.Identity.Service.Tunnels.Hostnames;

internal sealed record HostnameDecided(string EventName, Hostname Hostname) : AuditEvent
{
    public override string Name => EventName;

    protected override void WriteData(Utf8JsonWriter json)
    {
        json.WriteString("tunnel_id", Hostname.TunnelId.Value);
        json.WriteString("hostname", Hostname.Name);
        json.WriteString("state", Hostname.State);
        WriteOptional(json, "approved_by", Hostname.ApprovedBy);
        WriteOptional(json, "check_result", Hostname.CheckResult);
    }
}
