namespace Culvert.Identity.Service.Tunnels.Certificates;

/// <summary>A change of the trust bundle that waits for a second administrator (S16).</summary>
/// <param name="Kind"><see cref="Addition"/> or <see cref="Removal"/>.</param>
/// <param name="Person">The administrator behind the requester, who must not confirm.</param>
internal sealed record PendingChange(string Kind, string RequestedBy, string Person)
{
    /// <summary>The certificate is stored and not yet in the trust bundle.</summary>
    public const string Addition = "addition";

    /// <summary>The certificate is in the trust bundle until the removal is confirmed.</summary>
    public const string Removal = "removal";
}
