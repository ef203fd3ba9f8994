using Culvert.Ca.Keys.Pkcs11;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Hosting;

/// <summary>The HSM of this node. One for the whole process, so that a wrong PIN is tried once (S20).</summary>
internal sealed class InstallationHsm(ServiceOptions options)
{
    private readonly Pkcs11Token? token = options.Pkcs11 is { } settings ? new Pkcs11Token(settings) : null;

    public bool IsConfigured => token is not null;

    /// <exception cref="StoreException">None is configured.</exception>
    public Pkcs11Token Token => token ?? throw new StoreException("A key is in an HSM; set keys.pkcs11 to open it.");
}
