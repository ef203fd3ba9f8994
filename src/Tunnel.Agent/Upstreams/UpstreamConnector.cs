using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using Culvert.Platform.Addresses;
using Culvert.Platform.Certificates;
using Culvert.Platform.Net;
using Culvert.Tunnel.Agent.Credentials;
using Culvert.Tunnel.Agent.Requests;
using Culvert.Tunnel.Agent.Routing;

namespace Culvert.Tunnel.Agent.Upstreams;

/// <summary>
/// Opens the connections of one route. Each connects to the very address that passed the check, so a name whose address
/// changes between check and use gains nothing (DNS rebinding).
/// </summary>
internal sealed class UpstreamConnector
{
    private readonly HttpUpstreamSettings settings;
    private readonly VettedConnector connector;
    private readonly SslClientAuthenticationOptions? tls;

    public UpstreamConnector(HttpUpstreamSettings settings, TimeProvider time, IHostResolver? resolver = null)
    {
        this.settings = settings;
        connector = new VettedConnector(Vet, time, resolver);
        tls = settings.IsTls ? UpstreamTls.CreateOptions(settings) : null;
        Certificate =
            settings.ClientCertificateFile.Length > 0
                ? new ClientCertificate(settings.ClientCertificateFile, settings.ClientKeyFile!)
                : null;
    }

    /// <summary>The agent's client certificate; null for none.</summary>
    public ClientCertificate? Certificate { get; }

    /// <summary>The <see cref="HttpConnect"/> of the route's HTTP client, including the TLS handshake.</summary>
    /// <exception cref="UpstreamException">No permitted address answers, or the TLS handshake fails.</exception>
    public async ValueTask<Stream> ConnectAsync(
        SocketsHttpConnectionContext context,
        CancellationToken cancellationToken
    ) => await SecureAsync(await ConnectAsync(cancellationToken), cancellationToken);

    /// <summary>Connects to a permitted address, to the Unix socket, or through the proxy.</summary>
    /// <exception cref="UpstreamException">No permitted address answers, or the proxy refuses.</exception>
    public async ValueTask<Stream> ConnectAsync(CancellationToken cancellationToken)
    {
        if (settings.SocketPath.Length > 0)
        {
            return await ConnectSocketAsync(settings.SocketPath, cancellationToken);
        }

        if (settings.Proxy is not { } proxy)
        {
            return await ConnectAsync(settings.Host, settings.Port, cancellationToken);
        }

        CheckTarget();
        var connection = await ConnectAsync(proxy.Url.IdnHost, proxy.Url.Port, cancellationToken);
        try
        {
            return await ProxyTunnel.OpenAsync(
                connection,
                proxy,
                settings.Host,
                settings.Port,
                settings.ProxyCaBundle,
                "upstream.proxy_username and proxy_password",
                cancellationToken
            );
        }
        catch (Exception e) when (e is IOException or AuthenticationException)
        {
            throw new UpstreamException(UpstreamFailures.ProxyFailed, FailureText.Describe(e), e);
        }
    }

    // The proxy resolves the name, so its address cannot be pinned. The agent checks the proxy's own address, like any
    // other, and a target that is an IP address.
    private void CheckTarget()
    {
        if (
            IPAddress.TryParse(settings.Host, out var address)
            && Vet(new IPEndPoint(AddressRanges.Normalise(address), settings.Port)) is { } refusal
        )
        {
            throw new UpstreamException(UpstreamFailures.AddressRefused, refusal);
        }
    }

    private async ValueTask<NetworkStream> ConnectAsync(string host, int port, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await connector.ConnectAsync(host, port, cancellationToken);
            }
            catch (VettedConnectException e)
                when (e.Failure == ConnectFailure.Unreachable && attempt < settings.ConnectAttempts)
            {
                // No byte was sent yet, so another attempt repeats nothing (P10).
            }
            catch (VettedConnectException e)
            {
                throw new UpstreamException(ToFailure(e.Failure), e.Message, e);
            }
        }
    }

    // The socket's file mode decides who may connect; there is no address to check.
    private static async ValueTask<NetworkStream> ConnectSocketAsync(string path, CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch (SocketException e)
        {
            socket.Dispose();
            throw new UpstreamException(UpstreamFailures.ConnectFailed, $"{path}: {e.Message}", e);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private async ValueTask<Stream> SecureAsync(Stream network, CancellationToken cancellationToken)
    {
        if (tls is null)
        {
            return network;
        }

        var stream = new SslStream(network);
        try
        {
            await stream.AuthenticateAsClientAsync(Identified(tls), cancellationToken);
            return stream;
        }
        catch (CertificateUnusableException e)
        {
            await stream.DisposeAsync();
            throw new UpstreamException(UpstreamFailures.CredentialUnavailable, e.Message, e);
        }
        catch (Exception e) when (e is AuthenticationException or IOException)
        {
            await stream.DisposeAsync();
            throw new UpstreamException(UpstreamFailures.TlsFailed, FailureText.Describe(e), e);
        }
        catch
        {
            await stream.DisposeAsync();
            throw;
        }
    }

    // The certificate is renewed while the agent runs: each connection presents the current one.
    private SslClientAuthenticationOptions Identified(SslClientAuthenticationOptions options)
    {
        if (Certificate is null)
        {
            return options;
        }

        var own = UpstreamTls.CreateOptions(settings);
        own.ClientCertificateContext = Certificate.Current();
        return own;
    }

    // A cloud's metadata service gives credentials to any caller. One of its addresses is in fd00::/8, which is allowed
    // by default, so a range that contains it does not permit it.
    private string? Vet(IPEndPoint endPoint) =>
        settings.AddressFamily != AddressFamily.Unspecified && endPoint.AddressFamily != settings.AddressFamily
            ? $"{endPoint.Address} is not of the family that network.address_family names."
        : settings.DangerousAllowAnyAddress ? null
        : !settings.AllowedRanges.Contains(endPoint.Address)
            ? $"{endPoint.Address} is not in the route's allowed_ranges."
        : AddressClasses.Classify(endPoint.Address) == AddressClass.CloudMetadata && !IsListed(endPoint.Address)
            ? $"{endPoint.Address} is a cloud's metadata service; to mean it, list that one address."
        : null;

    private bool IsListed(IPAddress address) =>
        settings.AllowedRanges.Ranges.Any(r =>
            r.BaseAddress.Equals(address) && r.PrefixLength == address.GetAddressBytes().Length * 8
        );

    private static Failure ToFailure(ConnectFailure failure) =>
        failure switch
        {
            ConnectFailure.Unresolvable => UpstreamFailures.NameUnresolved,
            ConnectFailure.Refused => UpstreamFailures.AddressRefused,
            _ => UpstreamFailures.ConnectFailed,
        };
}
