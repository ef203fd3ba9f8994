using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Culvert.Tunnel.Agent.Upstreams;

/// <summary>TLS towards an upstream: which roots count and which name its certificate must have.</summary>
internal static class UpstreamTls
{
    public static SslClientAuthenticationOptions CreateOptions(UpstreamSettings settings)
    {
        var options = new SslClientAuthenticationOptions
        {
            TargetHost = settings.TlsServerName,
            ApplicationProtocols = [SslApplicationProtocol.Http11],
        };
        if (settings.TlsCaPem.Length > 0)
        {
            options.CertificateChainPolicy = CreatePolicy(settings);
        }

        return options;
    }

    private static X509ChainPolicy CreatePolicy(UpstreamSettings settings)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
        };
        policy.CustomTrustStore.ImportFromPem(settings.TlsCaPem);
        if (settings.TlsSystemRoots)
        {
            using var store = new X509Store(StoreName.Root, StoreLocation.LocalMachine);
            store.Open(OpenFlags.ReadOnly | OpenFlags.OpenExistingOnly);
            policy.CustomTrustStore.AddRange(store.Certificates);
        }

        return policy;
    }
}
