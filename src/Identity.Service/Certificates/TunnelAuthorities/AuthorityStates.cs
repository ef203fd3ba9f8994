namespace Culvert.Identity.Service.Certificates.TunnelAuthorities;

internal static class AuthorityStates
{
    /// <summary>Its certificate is in the tunnel's trust bundle.</summary>
    public static bool IsTrusted(AuthorityState state) =>
        state
            is AuthorityState.Staged
                or AuthorityState.Active
                or AuthorityState.Suspended
                or AuthorityState.Retiring
                or AuthorityState.Tainted;

    /// <summary>Uses one of the tunnel's two slots (S14). A suspended authority keeps its slot: it may be resumed.</summary>
    public static bool OccupiesSlot(AuthorityState state) =>
        state is AuthorityState.Staged or AuthorityState.Active or AuthorityState.Suspended;

    /// <summary>The registration is open: its request expires after 30 days.</summary>
    public static bool IsRegistering(AuthorityState state) =>
        state
            is AuthorityState.Draft
                or AuthorityState.KeyReady
                or AuthorityState.CsrIssued
                or AuthorityState.CertUploaded
                or AuthorityState.Rejected;
}
