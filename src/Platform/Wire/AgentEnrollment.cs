using System.Diagnostics.CodeAnalysis;

namespace Culvert.Platform.Wire;

/// <summary>Answer to an agent's enrolment or renewal.</summary>
public sealed record AgentEnrollment : MachineEnrollment
{
    public const string TypeName = "agent_enrollment";

    public AgentEnrollment() { }

    [SetsRequiredMembers]
    public AgentEnrollment(MachineEnrollment shared, string tunnelId, string instanceId)
        : base(shared) => (Id, TunnelId, InstanceId) = (shared.Id, tunnelId, instanceId);

    public string Type { get; init; } = TypeName;

    /// <summary>The enrolment, <c>agt_…</c>; unchanged by renewals.</summary>
    public override required string Id
    {
        get => base.Id;
        init => base.Id = value;
    }

    public required string TunnelId { get; init; }

    public required string InstanceId { get; init; }
}
