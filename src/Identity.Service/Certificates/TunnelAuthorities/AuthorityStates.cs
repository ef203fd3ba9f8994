namespace Culvert.Identity.Service.Certificates.TunnelAuthorities;

/// <summary>The spelling of states in the store and on the wire.</summary>
internal static class AuthorityStates
{
    private static readonly (AuthorityState State, string Name)[] Table =
    [
        (AuthorityState.CsrIssued, "csr_issued"),
        (AuthorityState.Verified, "verified"),
        (AuthorityState.Staged, "staged"),
        (AuthorityState.Active, "active"),
        (AuthorityState.Retiring, "retiring"),
    ];

    public static string NameOf(AuthorityState state) => Array.Find(Table, entry => entry.State == state).Name;

    public static AuthorityState Parse(string name) =>
        Array.FindIndex(Table, entry => entry.Name == name) is var index and >= 0
            ? Table[index].State
            : throw new ArgumentOutOfRangeException(nameof(name));
}
