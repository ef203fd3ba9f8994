using System.Globalization;
using System.Net.Security;
using System.Text;
using Culvert.Platform.Addresses;
using Culvert.Platform.Secrets;

namespace Culvert.Platform.Net;

/// <summary>
/// Opens a connection to a target through a proxy (CONNECT, RFC 9110 §9.3.6). The caller does TLS with the target. The
/// result is never an <see cref="SslStream"/> (S40), although TLS with an https proxy may lie below it.
/// </summary>
public static class ProxyTunnel
{
    // A proxy sends little before the tunnel begins; a longer text is not an answer to CONNECT.
    private const int MaxAnswerBytes = 16 * 1024;

    /// <summary>Opens a stream to the target. Takes ownership of the connection and closes it on failure.</summary>
    /// <exception cref="IOException">The proxy refuses, or its answer is malformed.</exception>
    /// <exception cref="System.Security.Authentication.AuthenticationException">An https proxy is not trusted.</exception>
    public static async ValueTask<Stream> OpenAsync(
        Stream connection,
        HttpProxyOptions proxy,
        string host,
        int port,
        string caBundle,
        string setting,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(connection);
        ArgumentNullException.ThrowIfNull(proxy);
        ArgumentNullException.ThrowIfNull(host);
        var stream = connection;
        try
        {
            if (proxy.Url.Scheme == Uri.UriSchemeHttps)
            {
                stream = await SecureAsync(stream, proxy.Url.IdnHost, caBundle, cancellationToken);
            }

            await stream.WriteAsync(Request(proxy, host, port), cancellationToken);
            await ReadAnswerAsync(stream, proxy, setting, cancellationToken);
            return stream;
        }
        catch
        {
            await stream.DisposeAsync();
            throw;
        }
    }

    private static async Task<TlsProxyStream> SecureAsync(
        Stream stream,
        string host,
        string caBundle,
        CancellationToken cancellationToken
    )
    {
        var tls = new SslStream(stream);
        var policy = SystemRoots.Policy(caBundle);
        await tls.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions { TargetHost = host, CertificateChainPolicy = policy },
            cancellationToken
        );
        return new TlsProxyStream(tls);
    }

    // RFC 9112 §3.2.3: the target of CONNECT is host and port, an IPv6 address in brackets.
    private static byte[] Request(HttpProxyOptions proxy, string host, int port)
    {
        var target = new HostPort(host.Trim('[', ']'), port).ToString();
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
            throw new IOException($"The proxy's password: {e.Message}");
        }
    }

    // Read byte by byte: what follows the answer belongs to the tunnel.
    private static async Task ReadAnswerAsync(
        Stream stream,
        HttpProxyOptions proxy,
        string setting,
        CancellationToken cancellationToken
    )
    {
        var answer = new List<byte>(256);
        var one = new byte[1];
        while (!EndsHead(answer))
        {
            if (answer.Count == MaxAnswerBytes || await stream.ReadAsync(one, cancellationToken) == 0)
            {
                throw new IOException($"The proxy {proxy} did not respond to CONNECT like a proxy.");
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
            throw new IOException($"The proxy {proxy} did not respond to CONNECT like a proxy.");
        }

        if (status is < 200 or > 299)
        {
            var hint = status == 407 ? $" It wants credentials: {setting}." : "";
            throw new IOException($"The proxy {proxy} refused with status {status}.{hint}");
        }
    }

    private static bool EndsHead(List<byte> answer) =>
        answer.Count >= 4 && answer[^4] == '\r' && answer[^3] == '\n' && answer[^2] == '\r' && answer[^1] == '\n';
}
