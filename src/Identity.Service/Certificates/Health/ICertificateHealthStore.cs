namespace Culvert.Identity.Service.Certificates.Health;

/// <summary>What operators watch of certificates, in few rows however many certificates there are.</summary>
internal interface ICertificateHealthStore
{
    /// <summary>
    /// The platform's newest root and issuing authority and the tunnels' live authorities: those that end first.
    /// </summary>
    ValueTask<IReadOnlyList<AuthorityEnd>> ListAuthoritiesAsync(int count, CancellationToken cancellationToken);

    /// <summary>Of authorities that publish lists and have not ended: those whose lists end first.</summary>
    ValueTask<IReadOnlyList<ListAge>> ListListsAsync(
        DateTimeOffset now,
        int count,
        CancellationToken cancellationToken
    );

    /// <summary>Tunnels with agents that were heard of since then and lag, those with the most of them first.</summary>
    ValueTask<IReadOnlyList<BundleLag>> ListLagsAsync(
        DateTimeOffset heardSince,
        int count,
        CancellationToken cancellationToken
    );
}
