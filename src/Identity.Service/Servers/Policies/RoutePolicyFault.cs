namespace Culvert.Identity.Service.Servers.Policies;

/// <summary>An agent cannot use a version; its previous policy stays in force there.</summary>
/// <param name="Problem">The problem that the agent reported.</param>
internal sealed record RoutePolicyFault(string InstanceId, string Problem, DateTime ReportedAt);
