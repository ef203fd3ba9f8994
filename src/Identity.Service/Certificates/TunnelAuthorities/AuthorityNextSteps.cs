namespace Culvert.Identity.Service.Certificates.TunnelAuthorities;

internal static class AuthorityNextSteps
{
    /// <summary>A command line; null = none.</summary>
    public static string? Describe(TunnelAuthority authority)
    {
        var id = authority.Id.Value;
        return authority.State switch
        {
            AuthorityState.Draft when !authority.HoldsKey =>
                $"culvert ca upload {id} --chain FILE --fingerprint SHA256",
            AuthorityState.Draft when authority.Custody == AuthorityCustody.Imported =>
                $"culvert ca import {id} --file FILE --password-file FILE",
            AuthorityState.Draft or AuthorityState.KeyReady => $"culvert ca csr {id} --out FILE",
            AuthorityState.CsrIssued or AuthorityState.CertUploaded or AuthorityState.Rejected =>
                $"culvert ca upload {id} --chain FILE --fingerprint SHA256",
            // Without the fingerprint: an approver must get it from elsewhere.
            AuthorityState.Verified or AuthorityState.Approved => $"culvert ca approve {id} --fingerprint SHA256",
            AuthorityState.Staged => $"culvert ca activate {id}",
            AuthorityState.Suspended => $"culvert ca resume {id}",
            AuthorityState.Tainted or AuthorityState.Retiring => $"culvert ca status {id}",
            AuthorityState.Deleted => $"culvert ca restore {id}",
            AuthorityState.Retired or AuthorityState.Expired =>
                $"culvert ca register NAME --tunnel {authority.TunnelId.Value} "
                    + $"--custody {AuthorityCustodies.ToFlag(authority.Custody)}",
            _ => null,
        };
    }

    /// <summary>While an activation is blocked: the command that resolves the wait without disconnecting a client.</summary>
    public static string Describe(TunnelAuthority authority, IReadOnlyList<ActivationBlocker> blockers) =>
        blockers.FirstOrDefault(blocker => blocker.Kind == ActivationBlockerKind.RelyingParty) is { } party
            ? $"culvert relying-party acknowledge {party.Id} --tunnel {authority.TunnelId.Value} --epoch {party.NeededEpoch}"
            : $"culvert ca status {authority.Id.Value} --watch";

    public static string Explain(TunnelAuthority authority) =>
        authority.State switch
        {
            AuthorityState.Draft when !authority.HoldsKey => "Its certificate has not been uploaded.",
            AuthorityState.Draft => "Its key does not exist yet.",
            AuthorityState.KeyReady => "Its request has not been given out.",
            AuthorityState.CsrIssued => "The signed chain has not been uploaded.",
            AuthorityState.CertUploaded => "The check of the uploaded chain did not finish: upload it again.",
            AuthorityState.Verified => "It has not been approved.",
            AuthorityState.Approved => "It waits for a free slot of the tunnel.",
            AuthorityState.Staged => "It has not been activated.",
            AuthorityState.Active => "It issues the tunnel's certificates.",
            AuthorityState.Retiring => "It stays until its last certificate has expired.",
            AuthorityState.Retired => "It has reached its final state.",
            AuthorityState.Suspended => "It was suspended.",
            AuthorityState.Tainted => "Its key is considered compromised; it never issues again.",
            AuthorityState.Expired => "It has expired.",
            AuthorityState.Rejected => "The uploaded chain was rejected: details of the record name the findings.",
            AuthorityState.Deleted => "It was deleted.",
            _ => throw new ArgumentOutOfRangeException(nameof(authority)),
        };
}
