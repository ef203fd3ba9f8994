namespace Culvert.Identity.Service.Certificates.TunnelAuthorities;

/// <summary>Who has not yet acknowledged the trust bundle that an authority's certificate is in (S17).</summary>
internal interface IActivationGate
{
    /// <summary>Empty = no connection would break if the authority began to issue now.</summary>
    ValueTask<IReadOnlyList<ActivationBlocker>> BlockersAsync(
        TunnelAuthority authority,
        CancellationToken cancellationToken
    );
}
