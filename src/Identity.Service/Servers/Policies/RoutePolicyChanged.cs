using System.Text.Json;
using Culvert.Identity.Service.Events;

namespace Culvert.Identity.Service.Servers.Policies;

/// <summary>
/// A policy version was drafted, approved, rejected, withdrawn or restored by a rollback. Contains the text's digest, not
/// the text.
/// </summary>
internal sealed record RoutePolicyChanged(string EventName, RoutePolicyRow Policy, RoutePolicyRow? Replaced)
    : AuditEvent
{
    public override string Name => EventName;

    protected override void WriteData(Utf8JsonWriter json)
    {
        json.WriteString("tunnel_id", Policy.TunnelId);
        json.WriteString("policy_id", Policy.Id);
        json.WriteString("hostname", Policy.Hostname);
        json.WriteNumber("version", Policy.Version);
        json.WriteString("digest", Policy.Digest);
        json.WriteString("state", Policy.State);
        WriteOptional(json, "replaced", Replaced?.Id);
        WriteOptional(json, "comment", Policy.Comment);
        WriteOptional(json, "reason", Policy.Reason);
    }
}
