using System.Text.Json;
using Culvert.Stage.Ports;

namespace Culvert.Stage.Hops;

/// <summary>What a complete bring-up made, kept in the state folder so that a later run can start it again.</summary>
internal sealed record InstallationRecord
{
    public required PortPlan Ports { get; init; }
    public required string OrganizationId { get; init; }
    public required string WorkspaceId { get; init; }
    public required string EdgeId { get; init; }
    public required string IssuerId { get; init; }
    public required string AgentRuleId { get; init; }
    public required string EdgeRuleId { get; init; }
    public required string AdminRuleId { get; init; }
    public required string AdminServiceAccountId { get; init; }

    /// <summary>Null = one of each part.</summary>
    public HaPorts? HighAvailability { get; init; }

    /// <summary>Null = there is one edge.</summary>
    public string? SecondEdgeId { get; init; }
    public required TunnelRecord Tunnel { get; init; }
    public required TunnelRecord? Manual { get; init; }

    public static InstallationRecord? Load(string file) =>
        File.Exists(file) ? JsonSerializer.Deserialize<InstallationRecord>(File.ReadAllText(file)) : null;

    public void Save(string file) => File.WriteAllText(file, JsonSerializer.Serialize(this));
}
