namespace Culvert.Identity.Service.Servers.Policies;

/// <summary>An agent cannot use a version; its previous policy stays in force there.</summary>
internal sealed record RoutePolicyFault
{
    public required string InstanceId { get; init; }

    /// <summary>The problem that the agent reported.</summary>
    public required string Problem { get; init; }

    public required DateTime ReportedAt { get; init; }
}
