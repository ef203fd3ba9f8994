using Culvert.Identity.Service.Certificates.PlatformAuthorities;
using Culvert.Identity.Service.Certificates.TunnelAuthorities;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Settings;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Certificates.Revocation.Ocsp;

/// <summary>
/// The authorities with a responder, each at its own address: those whose key the service holds, for as long as their
/// revocation lists are signed, and the platform's issuing authority.
/// </summary>
internal sealed class OcspAuthorities(
    TunnelAuthorityStore store,
    AuthorityKeys keys,
    PlatformCa platform,
    IRevisions revisions,
    TimeProvider time
)
{
    public const string Path = "/v1/ocsp";

    /// <summary>Replaces an authority's id in the path.</summary>
    public const string PlatformName = "platform";

    private readonly LastRead<TunnelAuthority> known = new(revisions);

    public static string GetAddress(ServiceIdentity identity, CertificateOptions options, string caId) =>
        $"{(options.OcspUrl.Length > 0 ? options.OcspUrl : identity.PublicUrl)}{Path}/{caId}";

    public async ValueTask<OcspAuthority?> FindAsync(string name, CancellationToken cancellationToken)
    {
        if (name == PlatformName)
        {
            return new OcspAuthority(platform.Issuing, null);
        }

        if (!CertificateAuthorityId.TryParse(name, out var id))
        {
            return null;
        }

        var record = await known.FindAsync(id.Value, store.FindAsync, cancellationToken);
        return record?.SignsRevocations(time.GetUtcNow()) == true ? new OcspAuthority(keys.Use(record), record) : null;
    }
}
