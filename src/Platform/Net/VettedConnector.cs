using System.Net;
using System.Net.Sockets;
using Culvert.Platform.Addresses;
using Culvert.Platform.Timing;

namespace Culvert.Platform.Net;

/// <summary>
/// Connects to a host by name: it is resolved once, every address is vetted, and the connection uses a vetted address.
/// A second DNS query could return another answer.
/// </summary>
/// <param name="vet">Returns why an address and port must not be used; null when they may be.</param>
/// <param name="time">The clock of time limits.</param>
/// <param name="resolver">Null: the system's resolver.</param>
public sealed class VettedConnector(Func<IPEndPoint, string?> vet, TimeProvider time, IHostResolver? resolver = null)
{
    private const int MaxAddresses = 8;

    /// <summary>The longest attempt per address while there are others, for instance after a broken IPv6 route.</summary>
    internal static readonly TimeSpan AttemptTimeout = TimeSpan.FromSeconds(2);

    /// <summary>An <see cref="HttpConnect"/>.</summary>
    public async ValueTask<Stream> ConnectAsync(
        SocketsHttpConnectionContext context,
        CancellationToken cancellationToken
    ) => await ConnectAsync(context.DnsEndPoint.Host, context.DnsEndPoint.Port, cancellationToken);

    /// <summary>Connects to the first permitted address that answers. The caller's token limits the time.</summary>
    /// <exception cref="VettedConnectException">No address, none permitted, or none that answers.</exception>
    public async ValueTask<NetworkStream> ConnectAsync(string host, int port, CancellationToken cancellationToken)
    {
        var permitted = Vet(host, port, await ResolveAsync(host, cancellationToken));
        Exception? last = null;
        for (var i = 0; i < permitted.Count; i++)
        {
            try
            {
                var isLast = i == permitted.Count - 1;
                return await ConnectOneAsync(
                    permitted[i],
                    isLast ? Timeout.InfiniteTimeSpan : AttemptTimeout,
                    cancellationToken
                );
            }
            catch (Exception e) when (e is SocketException or TimeoutException)
            {
                last = e;
            }
        }

        throw new VettedConnectException(
            ConnectFailure.Unreachable,
            host,
            permitted[^1].Address,
            $"{permitted[^1]} does not respond: {last!.Message}",
            last
        );
    }

    /// <summary>Resolves and vets without connecting; returns the permitted addresses.</summary>
    /// <exception cref="VettedConnectException">No address, or none permitted.</exception>
    public async ValueTask<IReadOnlyList<IPEndPoint>> CheckAsync(
        string host,
        int port,
        CancellationToken cancellationToken
    ) => Vet(host, port, await ResolveAsync(host, cancellationToken));

    private async ValueTask<IReadOnlyList<IPAddress>> ResolveAsync(string host, CancellationToken cancellationToken)
    {
        if (IPAddress.TryParse(host, out var literal))
        {
            return [literal];
        }

        try
        {
            var found = await (resolver ?? SystemHostResolver.Instance).ResolveAsync(host, cancellationToken);
            return found.Count > 0 ? found : throw new SocketException((int)SocketError.HostNotFound);
        }
        catch (SocketException e)
        {
            throw new VettedConnectException(ConnectFailure.Unresolvable, host, null, "The name has no address.", e);
        }
    }

    private List<IPEndPoint> Vet(string host, int port, IReadOnlyList<IPAddress> addresses)
    {
        var permitted = new List<IPEndPoint>();
        (IPAddress Address, string Reason)? refused = null;
        foreach (var address in addresses.Take(MaxAddresses).Select(AddressRanges.Normalise))
        {
            var endPoint = new IPEndPoint(address, port);
            if (vet(endPoint) is { } reason)
            {
                refused ??= (address, reason);
            }
            else
            {
                permitted.Add(endPoint);
            }
        }

        return permitted.Count > 0
            ? permitted
            : throw new VettedConnectException(ConnectFailure.Refused, host, refused?.Address, refused?.Reason ?? "");
    }

    private async ValueTask<NetworkStream> ConnectOneAsync(
        IPEndPoint endPoint,
        TimeSpan timeout,
        CancellationToken cancellationToken
    )
    {
        using var limit = new TimeLimit(timeout, time, cancellationToken);
        var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(endPoint, limit.Token);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            socket.Dispose();
            throw new TimeoutException($"no response within {timeout.TotalSeconds} s");
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
