using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace Culvert.Testing;

/// <summary>
/// A TLS server that nothing vouches for. Its certificate names an issuer URL (RFC 5280 §4.2.2.1) at a second listener: a
/// client that downloads what a certificate names connects there.
/// </summary>
public sealed class IssuerUrlTrap : IDisposable
{
    private readonly TcpListener inside = new(IPAddress.Loopback, 0);
    private readonly TcpListener stranger = new(IPAddress.Loopback, 0);
    private readonly X509Certificate2 certificate;

    public IssuerUrlTrap()
    {
        inside.Start();
        stranger.Start();
        Url = new Uri($"https://{stranger.LocalEndpoint}");
        var issuer = $"http://{inside.LocalEndpoint}/admin";
        certificate = new TestPki(name: "Stranger").Issue(
            dnsNames: ["127.0.0.1"],
            usages: [TestPki.ServerAuthentication],
            edit: request =>
                request.CertificateExtensions.Add(new X509AuthorityInformationAccessExtension(null, [issuer]))
        );
    }

    public Uri Url { get; }

    /// <summary>Whether the issuer URL was followed.</summary>
    public bool IsSprung => inside.Pending();

    /// <summary>
    /// Takes one connection through its handshake, which the client should refuse. A second connection is not accepted.
    /// </summary>
    public async Task ServeAsync(CancellationToken cancellationToken)
    {
        using var socket = await stranger.AcceptSocketAsync(cancellationToken);
        stranger.Stop(); // else a client that tries again waits for its handshake
        await using var tls = new SslStream(new NetworkStream(socket));
        try
        {
            // Not by a web server, which would fetch the issuer of its own certificate.
            await tls.AuthenticateAsServerAsync(
                new SslServerAuthenticationOptions
                {
                    ServerCertificateContext = SslStreamCertificateContext.Create(certificate, null, offline: true),
                },
                cancellationToken
            );
            await tls.ReadExactlyAsync(new byte[1], cancellationToken);
        }
        catch (Exception e) when (e is AuthenticationException or IOException)
        {
            // The client refused it.
        }
    }

    public void Dispose()
    {
        inside.Dispose();
        stranger.Dispose();
        certificate.Dispose();
    }
}
