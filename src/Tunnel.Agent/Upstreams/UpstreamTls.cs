using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Culvert.Tunnel.Agent.Upstreams;

internal static class UpstreamTls
{
    public static SslClientAuthenticationOptions CreateOptions(HttpUpstreamSettings settings) =>
        new()
        {
            TargetHost = settings.TlsServerName,
            ApplicationProtocols = [SslApplicationProtocol.Http11],
            CertificateChainPolicy = CreatePolicy(settings),
        };

    private static X509ChainPolicy CreatePolicy(HttpUpstreamSettings settings)
    {
        // Downloads of intermediates would bypass the route's address check.
        var policy = new X509ChainPolicy
        {
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
        };
        if (settings is { TlsCaPem: "", TlsSystemRoots: true })
        {
            return policy;
        }

        policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        if (settings.TlsCaPem.Length > 0)
        {
            policy.CustomTrustStore.ImportFromPem(settings.TlsCaPem);
        }

        if (settings.TlsSystemRoots)
        {
            using var store = new X509Store(StoreName.Root, StoreLocation.LocalMachine);
            store.Open(OpenFlags.ReadOnly | OpenFlags.OpenExistingOnly);
            policy.CustomTrustStore.AddRange(store.Certificates);
        }

        return policy;
    }
}
