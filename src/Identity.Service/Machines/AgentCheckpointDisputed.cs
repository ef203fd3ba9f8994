using System.Text.Json;
using Culvert.Identity.Service.Events;

namespace Culvert.Identity.Service.Machines;

/// <summary>An agent signed a checkpoint of its record of calls that contradicts an earlier one.</summary>
/// <param name="Reason"><c>fork</c>, <c>rollback</c> or <c>signature</c>.</param>
internal sealed record AgentCheckpointDisputed(string TunnelId, string InstanceId, string Reason) : AuditEvent
{
    public override string Name => AuditEvents.AgentCheckpointDisputed;

    /// <summary>The sequence of the record in the checkpoint; null = unreadable.</summary>
    public long? Sequence { get; init; }

    /// <summary>That record's hash; null = unreadable.</summary>
    public string? Head { get; init; }

    protected override void WriteData(Utf8JsonWriter json)
    {
        json.WriteString("tunnel_id", TunnelId);
        json.WriteString("instance_id", InstanceId);
        json.WriteString("reason", Reason);
        if (Sequence is { } sequence)
        {
            json.WriteNumber("sequence", sequence);
            json.WriteString("head", Head);
        }
    }
}
