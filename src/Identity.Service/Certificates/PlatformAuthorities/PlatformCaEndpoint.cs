using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Settings;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Certificates.PlatformAuthorities;

/// <summary>
/// <c>GET /v1/platform_ca</c>: worth something only to a caller who compares it with a pin (S7). After a swap the roots
/// before the present one follow it, for those who pinned one of them (S11).
/// </summary>
internal sealed class PlatformCaEndpoint(PlatformCa platform, ServiceIdentity identity)
{
    public ApiAnswer Get() =>
        ApiAnswer.Json(
            new PlatformCaDocument
            {
                TrustDomain = identity.TrustDomain,
                CertificatePem = platform.PinnablePem(),
                Sha256 = platform.Root.Fingerprint,
            },
            WireJson.Default.PlatformCaDocument
        );
}
