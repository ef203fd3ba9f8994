namespace Culvert.Identity.Service.Tunnels.Certificates;

/// <summary>A change of the trust bundle that one administrator requested and another must confirm (S16).</summary>
/// <param name="Kind"><see cref="Addition"/> or <see cref="Removal"/>.</param>
/// <param name="RequestedBy">The caller who requested it.</param>
/// <param name="Person">The administrator behind that caller, who must not confirm.</param>
internal sealed record PendingChange(string Kind, string RequestedBy, string Person)
{
    /// <summary>The certificate is stored and not yet in the trust bundle.</summary>
    public const string Addition = "addition";

    /// <summary>The certificate is in the trust bundle until the removal is confirmed.</summary>
    public const string Removal = "removal";
}
