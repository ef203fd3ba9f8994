using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Culvert.Platform.Net;

/// <summary>Creates the handler of every outbound HTTP client; handler constructors are banned elsewhere.</summary>
public static class OutboundHttp
{
    /// <summary>
    /// Creates a handler without proxy variables, redirects, cookies and certificate downloads (S37): issuer URLs (RFC
    /// 5280 §4.2.2.1) would be unchecked connections, made before the certificate is verified.
    /// </summary>
    /// <param name="tls">Trust settings; null: the system's roots. Its chain policy is changed to download nothing.</param>
    /// <param name="connect">Opens the connection; null: directly.</param>
    public static SocketsHttpHandler CreateHandler(
        SslClientAuthenticationOptions? tls = null,
        HttpConnect? connect = null
    )
    {
        tls ??= new SslClientAuthenticationOptions();
        var policy = tls.CertificateChainPolicy ??= new X509ChainPolicy { RevocationMode = X509RevocationMode.NoCheck };
        policy.DisableCertificateDownloads = true;
#pragma warning disable RS0030 // the one place
        return new SocketsHttpHandler
        {
            UseProxy = false,
            AllowAutoRedirect = false,
            UseCookies = false,
            SslOptions = tls,
            ConnectCallback = connect is null
                ? null
                : (context, cancellationToken) => ConnectAsync(connect, context, cancellationToken),
        };
#pragma warning restore RS0030
    }

    /// <summary>The same, from a chain policy.</summary>
    public static SocketsHttpHandler CreateHandler(X509ChainPolicy policy, HttpConnect? connect = null) =>
        CreateHandler(new SslClientAuthenticationOptions { CertificateChainPolicy = policy }, connect);

    // S40: the handler would take an SslStream for finished TLS with the target of an https request and check nothing.
    private static async ValueTask<Stream> ConnectAsync(
        HttpConnect connect,
        SocketsHttpConnectionContext context,
        CancellationToken cancellationToken
    )
    {
        var stream = await connect(context, cancellationToken);
        if (stream is not SslStream || context.InitialRequestMessage.RequestUri?.Scheme == Uri.UriSchemeHttp)
        {
            return stream;
        }

        await stream.DisposeAsync();
        throw new InvalidOperationException("The connection of an https request has TLS that the client did not make.");
    }
}
