namespace Culvert.Identity.Service.Certificates.TunnelAuthorities;

/// <summary>Finds the parties that have not acknowledged the trust bundle with an authority's certificate (S17).</summary>
internal interface IActivationGate
{
    /// <summary>Empty = no connection would break if the authority started to issue now.</summary>
    ValueTask<IReadOnlyList<ActivationBlocker>> BlockersAsync(
        TunnelAuthority authority,
        CancellationToken cancellationToken
    );
}
