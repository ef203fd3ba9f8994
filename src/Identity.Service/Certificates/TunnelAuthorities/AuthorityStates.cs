using System.Collections.Frozen;

namespace Culvert.Identity.Service.Certificates.TunnelAuthorities;

/// <summary>The spelling of states in the store and on the wire, and what groups of them have in common.</summary>
internal static class AuthorityStates
{
    private static readonly FrozenDictionary<AuthorityState, string> Names = new Dictionary<AuthorityState, string>
    {
        [AuthorityState.Draft] = "draft",
        [AuthorityState.KeyReady] = "key_ready",
        [AuthorityState.CsrIssued] = "csr_issued",
        [AuthorityState.CertUploaded] = "cert_uploaded",
        [AuthorityState.Verified] = "verified",
        [AuthorityState.Approved] = "approved",
        [AuthorityState.Staged] = "staged",
        [AuthorityState.Active] = "active",
        [AuthorityState.Retiring] = "retiring",
        [AuthorityState.Retired] = "retired",
        [AuthorityState.Suspended] = "suspended",
        [AuthorityState.Tainted] = "tainted",
        [AuthorityState.Expired] = "expired",
        [AuthorityState.Rejected] = "rejected",
        [AuthorityState.Deleted] = "deleted",
    }.ToFrozenDictionary();

    private static readonly FrozenDictionary<string, AuthorityState> ByName = Names.ToFrozenDictionary(
        entry => entry.Value,
        entry => entry.Key,
        StringComparer.Ordinal
    );

    public static string NameOf(AuthorityState state) => Names[state];

    public static AuthorityState Parse(string name) =>
        Find(name) ?? throw new ArgumentOutOfRangeException(nameof(name));

    public static AuthorityState? Find(string name) => ByName.TryGetValue(name, out var state) ? state : null;

    /// <summary>Its certificate is in the tunnel's trust bundle.</summary>
    public static bool IsTrusted(AuthorityState state) =>
        state
            is AuthorityState.Staged
                or AuthorityState.Active
                or AuthorityState.Suspended
                or AuthorityState.Retiring
                or AuthorityState.Tainted;

    /// <summary>It counts towards the tunnel's two slots (S14). A suspended one keeps its slot: it may come back.</summary>
    public static bool OccupiesSlot(AuthorityState state) =>
        state is AuthorityState.Staged or AuthorityState.Active or AuthorityState.Suspended;

    /// <summary>The registration is still being answered: its request ends after 30 days.</summary>
    public static bool IsRegistering(AuthorityState state) =>
        state
            is AuthorityState.Draft
                or AuthorityState.KeyReady
                or AuthorityState.CsrIssued
                or AuthorityState.CertUploaded
                or AuthorityState.Rejected;
}
