using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Culvert.Platform.Net;

/// <summary>Makes the handler of every outbound HTTP client. Constructors of handlers are banned everywhere else.</summary>
public static class OutboundHttp
{
    /// <summary>
    /// A handler that uses no proxy of the environment, follows no redirect, keeps no cookie, and downloads nothing that a
    /// peer's certificate names (S37): its issuer URLs (RFC 5280 §4.2.2.1) would be unchecked connections, and
    /// they are followed before the certificate is judged.
    /// </summary>
    /// <param name="tls">Whom to trust; null = the system's roots. Its chain policy is made to download nothing.</param>
    public static SocketsHttpHandler CreateHandler(SslClientAuthenticationOptions? tls = null)
    {
        tls ??= new SslClientAuthenticationOptions();
        var policy = tls.CertificateChainPolicy ??= new X509ChainPolicy { RevocationMode = X509RevocationMode.NoCheck };
        policy.DisableCertificateDownloads = true;
#pragma warning disable RS0030 // the one place
        return new SocketsHttpHandler
#pragma warning restore RS0030
        {
            UseProxy = false,
            AllowAutoRedirect = false,
            UseCookies = false,
            SslOptions = tls,
        };
    }

    /// <summary>The same with a chain policy alone.</summary>
    public static SocketsHttpHandler CreateHandler(X509ChainPolicy policy) =>
        CreateHandler(new SslClientAuthenticationOptions { CertificateChainPolicy = policy });
}
