using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Settings;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Certificates.PlatformAuthorities;

/// <summary>
/// <c>GET /v1/platform_ca</c>: useful only to a caller that compares it with a pin (S7). Earlier roots follow the
/// active one, for callers that pinned one of them (S11).
/// </summary>
internal sealed class PlatformCaEndpoint(PlatformCa platform, ServiceIdentity identity)
{
    public ApiAnswer Get() =>
        ApiAnswer.Json(
            new PlatformCaDocument(
                TrustDomain: identity.TrustDomain,
                CertificatePem: platform.PinnablePem(),
                Sha256: platform.Root.Fingerprint
            ),
            WireJson.Default.PlatformCaDocument
        );
}
