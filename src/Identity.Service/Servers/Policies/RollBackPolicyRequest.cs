namespace Culvert.Identity.Service.Servers.Policies;

/// <summary>Reverts the latest approval of a hostname.</summary>
internal sealed record RollBackPolicyRequest(string Hostname, string? Reason = null);
