using Culvert.Identity.Service.Init;

namespace Culvert.Identity.Service.Certificates.PlatformAuthorities;

/// <summary>Init's part of this capability: the root that machines pin, and the first issuing authority.</summary>
internal sealed class PlatformAuthorityInit(PlatformAuthorityMaker maker) : IInitStep
{
    public async Task RunAsync(InitContext context, CancellationToken cancellationToken)
    {
        var root = await maker.MakeRootAsync(cancellationToken);
        await maker.MakeIssuingAsync(root, cancellationToken);
        context.Messages.Add($"platform root  sha256 {root.Certificate.Fingerprint}");
    }
}
