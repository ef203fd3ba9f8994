namespace Culvert.Identity.Service.Servers.Policies;

/// <summary>Reverts the latest approval of a hostname.</summary>
internal sealed record RollBackPolicyRequest
{
    public required string Hostname { get; init; }

    public string? Reason { get; init; }
}
