using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;

namespace Culvert.Tunnel.Agent.Upstreams;

/// <summary>
/// Opens the TCP connections of one route. The name is resolved for each connection and the very address that passed
/// the check is connected to, so an answer that changes between check and use gains nothing (DNS rebinding).
/// </summary>
internal sealed class UpstreamConnector(UpstreamSettings settings, NameResolver resolve)
{
    private readonly SslClientAuthenticationOptions? tls = settings.IsTls ? UpstreamTls.CreateOptions(settings) : null;

    /// <summary>For <see cref="SocketsHttpHandler.ConnectCallback"/>.</summary>
    public async ValueTask<Stream> ConnectAsync(
        SocketsHttpConnectionContext context,
        CancellationToken cancellationToken
    )
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var socket = await ConnectAsync(cancellationToken);
                return await SecureAsync(new NetworkStream(socket, ownsSocket: true), cancellationToken);
            }
            catch (UpstreamException e) when (attempt < settings.ConnectAttempts && e.Failure == Failures.ConnectFailed)
            {
                // No byte was sent yet, so another attempt repeats nothing (P10).
            }
        }
    }

    /// <summary>One connection to a permitted address.</summary>
    /// <exception cref="UpstreamException">None is permitted, or none answers.</exception>
    public async ValueTask<Socket> ConnectAsync(CancellationToken cancellationToken)
    {
        var permitted = await PermittedAsync(cancellationToken);
        Exception? last = null;
        foreach (var address in permitted)
        {
            var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(new IPEndPoint(address, settings.Port), cancellationToken);
                return socket;
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

        throw new UpstreamException(Failures.ConnectFailed, last?.Message ?? "The name has no address.", last);
    }

    private async ValueTask<Stream> SecureAsync(NetworkStream network, CancellationToken cancellationToken)
    {
        if (tls is null)
        {
            return network;
        }

        var stream = new SslStream(network);
        try
        {
            await stream.AuthenticateAsClientAsync(tls, cancellationToken);
            return stream;
        }
        catch (Exception e) when (e is AuthenticationException or IOException)
        {
            await stream.DisposeAsync();
            throw new UpstreamException(Failures.TlsFailed, e.Message, e);
        }
        catch
        {
            await stream.DisposeAsync();
            throw;
        }
    }

    private async ValueTask<IPAddress[]> PermittedAsync(CancellationToken cancellationToken)
    {
        IPAddress[] addresses;
        try
        {
            addresses = IPAddress.TryParse(settings.Host, out var literal)
                ? [literal]
                : await resolve(settings.Host, cancellationToken);
        }
        catch (SocketException e)
        {
            throw new UpstreamException(Failures.NameUnresolved, $"{settings.Host}: {e.Message}", e);
        }

        // Normalised first: ::ffff:127.0.0.1 reaches the same server as 127.0.0.1 and is judged as that.
        IPAddress[] permitted = [.. addresses.Select(Platform.Net.AddressRanges.Normalise).Where(IsPermitted)];
        return permitted.Length > 0
            ? permitted
            : throw new UpstreamException(
                Failures.AddressRefused,
                $"{settings.Host} resolves to {string.Join(", ", addresses.Select(a => a.ToString()))}, none in allowed_ranges."
            );
    }

    private bool IsPermitted(IPAddress address) =>
        settings.DangerousAllowAnyAddress || settings.AllowedRanges.Contains(address);
}
