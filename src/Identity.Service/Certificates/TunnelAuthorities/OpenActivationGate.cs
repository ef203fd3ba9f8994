namespace Culvert.Identity.Service.Certificates.TunnelAuthorities;

/// <summary>Knows of nobody who would have to acknowledge.</summary>
internal sealed class OpenActivationGate : IActivationGate
{
    public ValueTask<IReadOnlyList<ActivationBlocker>> BlockersAsync(
        TunnelAuthority authority,
        CancellationToken cancellationToken
    ) => new([]);
}
