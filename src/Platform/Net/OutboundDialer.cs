using System.Net;
using System.Net.Sockets;

namespace Culvert.Platform.Net;

/// <summary>
/// Connects to the service and to edges: directly, or through a proxy by CONNECT. The caller does TLS with the target,
/// so a proxy sees names and bytes, never content.
/// </summary>
public sealed class OutboundDialer(NetworkSource network, IHostResolver? resolver = null)
{
    public OutboundDialer(NetworkOptions options)
        : this(new NetworkSource(options)) { }

    /// <summary>An <see cref="HttpConnect"/>.</summary>
    public ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        return ConnectAsync(context.DnsEndPoint.Host, context.DnsEndPoint.Port, cancellationToken);
    }

    /// <summary>Connects; the caller's token limits the time.</summary>
    /// <exception cref="IOException">The proxy refuses, or its answer is malformed.</exception>
    /// <exception cref="SocketException">Target or proxy has no address, or none that answers.</exception>
    public async ValueTask<Stream> ConnectAsync(string host, int port, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(host);
        var options = network.Current;
        if (options.Proxy is not { } proxy || !proxy.AppliesTo(host, port))
        {
            return await DialAsync(host, port, options.Family, cancellationToken);
        }

        var stream = await DialAsync(proxy.Url.IdnHost, proxy.Url.Port, options.Family, cancellationToken);
        return await ProxyTunnel.OpenAsync(
            stream,
            proxy,
            host,
            port,
            options.CaBundle,
            "network.proxy.username and password",
            cancellationToken
        );
    }

    private async Task<NetworkStream> DialAsync(
        string host,
        int port,
        AddressFamily family,
        CancellationToken cancellationToken
    )
    {
        var found = IPAddress.TryParse(host.Trim('[', ']'), out var literal)
            ? [literal]
            : await (resolver ?? SystemHostResolver.Instance).ResolveAsync(host, cancellationToken);
        var addresses = found.Where(a => family is AddressFamily.Unspecified || a.AddressFamily == family).ToList();
        var last = new SocketException((int)SocketError.HostNotFound);
        foreach (var address in addresses)
        {
            var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(new IPEndPoint(address, port), cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch (SocketException e)
            {
                socket.Dispose();
                last = e;
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }

        throw last;
    }
}
