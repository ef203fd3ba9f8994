using System.Text.Json;
using Culvert.Identity.Service.Events;

namespace Culvert.Identity.Service.Tunnels;

/// <summary>A change of settings with the old values: widening a source range is a security decision.</summary>
internal sealed record TunnelUpdated(Tunnel Before, Tunnel After) : AuditEvent
{
    public override string Name => AuditEvents.TunnelUpdated;

    protected override void WriteData(Utf8JsonWriter json)
    {
        json.WriteString("tunnel_id", After.Id.Value);
        json.WriteNumber("revision", After.Revision);
        WriteSettings(json, "before", Before);
        WriteSettings(json, "after", After);
    }

    private static void WriteSettings(Utf8JsonWriter json, string name, Tunnel tunnel)
    {
        json.WriteStartObject(name);
        WriteOptional(json, "display_name", tunnel.DisplayName);
        WriteList(json, "client_source_ranges", tunnel.ClientSourceRanges);
        WriteList(json, "agent_source_ranges", tunnel.AgentSourceRanges);
        WriteList(json, "client_range_sets", tunnel.ClientRangeSets);
        json.WriteStartObject("limits");
        WriteNumber(json, "max_connections", tunnel.Limits.MaxConnections);
        WriteOptional(json, "new_connections", tunnel.Limits.NewConnections);
        WriteNumber(json, "bytes_per_second", tunnel.Limits.BytesPerSecond);
        WriteNumber(json, "open_streams", tunnel.Limits.OpenStreams);
        json.WriteEndObject();
        json.WriteString("affinity", tunnel.Affinity);
        WriteNumber(json, "offline_grace_seconds", tunnel.OfflineGraceSeconds);
        WriteNumber(json, "public_port", tunnel.PublicPort);
        json.WriteBoolean("allow_tunnel_token", tunnel.AllowTunnelToken);
        WriteList(json, "edge_ids", tunnel.EdgeIds);
        json.WriteEndObject();
    }

    private static void WriteNumber(Utf8JsonWriter json, string name, long? value)
    {
        if (value is { } number)
        {
            json.WriteNumber(name, number);
        }
        else
        {
            json.WriteNull(name);
        }
    }

    private static void WriteList(Utf8JsonWriter json, string name, IReadOnlyList<string> values)
    {
        json.WriteStartArray(name);
        foreach (var value in values)
        {
            json.WriteStringValue(value);
        }

        json.WriteEndArray();
    }
}
