using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using Culvert.Platform.Secrets;

namespace Culvert.Platform.Net;

/// <summary>
/// Connects to the service and to edges: directly, or through a proxy by CONNECT. What comes back is the way to the
/// target itself; TLS with it is the caller's, so a proxy sees names and bytes, never content.
/// </summary>
public sealed class OutboundDialer(NetworkOptions options, IHostResolver? resolver = null)
{
    // A proxy says little before the tunnel begins; more than this is not an answer to CONNECT.
    private const int MaxAnswerBytes = 16 * 1024;

    /// <summary>For <see cref="SocketsHttpHandler.ConnectCallback"/>.</summary>
    public ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        return ConnectAsync(context.DnsEndPoint.Host, context.DnsEndPoint.Port, cancellationToken);
    }

    /// <summary>Connects; the caller bounds the time by its token.</summary>
    /// <exception cref="IOException">The proxy refuses, or what it says is no answer.</exception>
    /// <exception cref="SocketException">Target or proxy have no address, or none that answers.</exception>
    public async ValueTask<Stream> ConnectAsync(string host, int port, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(host);
        if (options.Proxy is not { } proxy || !proxy.AppliesTo(host))
        {
            return await DialAsync(host, port, cancellationToken);
        }

        Stream stream = await DialAsync(proxy.Url.IdnHost, proxy.Url.Port, cancellationToken);
        try
        {
            if (proxy.Url.Scheme == Uri.UriSchemeHttps)
            {
                stream = await SecureAsync(stream, proxy.Url.IdnHost, cancellationToken);
            }

            await stream.WriteAsync(Request(proxy, host, port), cancellationToken);
            await ReadAnswerAsync(stream, proxy, cancellationToken);
            return stream;
        }
        catch
        {
            await stream.DisposeAsync();
            throw;
        }
    }

    private async Task<NetworkStream> DialAsync(string host, int port, CancellationToken cancellationToken)
    {
        var found = IPAddress.TryParse(host.Trim('[', ']'), out var literal)
            ? [literal]
            : await (resolver ?? SystemHostResolver.Instance).ResolveAsync(host, cancellationToken);
        var addresses = found
            .Where(a => options.Family is AddressFamily.Unspecified || a.AddressFamily == options.Family)
            .ToList();
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

    private async Task<SslStream> SecureAsync(Stream stream, string host, CancellationToken cancellationToken)
    {
        var tls = new SslStream(stream);
        var policy = SystemRoots.Policy(options.CaBundle);
        await tls.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions { TargetHost = host, CertificateChainPolicy = policy },
            cancellationToken
        );
        return tls;
    }

    // RFC 9112 §3.2.3: the target of CONNECT is host and port, an IPv6 address in brackets.
    private static byte[] Request(HttpProxyOptions proxy, string host, int port)
    {
        var target = string.Create(
            CultureInfo.InvariantCulture,
            $"{(host.Contains(':', StringComparison.Ordinal) ? $"[{host.Trim('[', ']')}]" : host)}:{port}"
        );
        if (target.AsSpan().ContainsAnyExceptInRange('!', '~'))
        {
            throw new IOException("The name of the target cannot be sent to a proxy.");
        }

        var credentials = "";
        if (proxy.UserName.Length > 0)
        {
            // RFC 7617 §2.
            var password = Password(proxy);
            var basic = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{proxy.UserName}:{password}"));
            credentials = $"Proxy-Authorization: Basic {basic}\r\n";
        }

        return Encoding.ASCII.GetBytes($"CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n{credentials}\r\n");
    }

    private static string Password(HttpProxyOptions proxy)
    {
        try
        {
            return proxy.Password?.Read() ?? proxy.EnvironmentPassword ?? "";
        }
        catch (SecretUnavailableException e)
        {
            throw new IOException($"network.proxy.password: {e.Message}");
        }
    }

    // One byte at a time: what follows the answer belongs to the tunnel.
    private static async Task ReadAnswerAsync(
        Stream stream,
        HttpProxyOptions proxy,
        CancellationToken cancellationToken
    )
    {
        var answer = new List<byte>(256);
        var one = new byte[1];
        while (!EndsHead(answer))
        {
            if (answer.Count == MaxAnswerBytes || await stream.ReadAsync(one, cancellationToken) == 0)
            {
                throw new IOException($"The proxy {proxy} did not answer CONNECT as a proxy does.");
            }

            answer.Add(one[0]);
        }

        var line = Encoding.Latin1.GetString([.. answer.TakeWhile(b => b != '\r')]);
        var words = line.Split(' ', 3);
        if (
            words.Length < 2
            || !words[0].StartsWith("HTTP/1.", StringComparison.Ordinal)
            || !int.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out var status)
        )
        {
            throw new IOException($"The proxy {proxy} did not answer CONNECT as a proxy does.");
        }

        if (status is < 200 or > 299)
        {
            var hint = status == 407 ? " It wants credentials: network.proxy.username and password." : "";
            throw new IOException($"The proxy {proxy} refused with status {status}.{hint}");
        }
    }

    private static bool EndsHead(List<byte> answer) =>
        answer.Count >= 4 && answer[^4] == '\r' && answer[^3] == '\n' && answer[^2] == '\r' && answer[^1] == '\n';
}
