using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using Culvert.EndToEnd.Tests.Harness;

namespace Culvert.EndToEnd.Tests.Faults;

/// <summary>
/// One client connection, byte by byte: TLS to the route's name from a chosen address, and calls over HTTP/1.1. So small
/// that ten thousand of them fit into a test.
/// </summary>
internal sealed class TunnelConnection : IAsyncDisposable
{
    /// <summary>No answer takes so long: a client that waits longer waits for ever.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly CountingSystem system;
    private readonly byte[] received = new byte[2048];

    private TunnelConnection(CountingSystem system, Socket socket, SslStream tls) =>
        (this.system, Socket, Tls) = (system, socket, tls);

    public Socket Socket { get; }

    public SslStream Tls { get; }

    /// <param name="system">Whose route is called.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <param name="source">The client's address; null = whichever.</param>
    /// <param name="connectTo">Where to connect; null = the edge.</param>
    public static async Task<TunnelConnection> OpenAsync(
        CountingSystem system,
        CancellationToken cancellationToken,
        IPAddress? source = null,
        IPEndPoint? connectTo = null
    )
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            if (source is not null)
            {
                socket.Bind(new IPEndPoint(source, 0));
            }

            await socket.ConnectAsync(connectTo ?? system.Ingress, cancellationToken);
            var tls = new SslStream(new NetworkStream(socket, ownsSocket: true));
            await tls.AuthenticateAsClientAsync(system.ClientTls, cancellationToken);
            return new TunnelConnection(system, socket, tls);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>A call of the counting server, with its manner before the colon, and its answer.</summary>
    /// <exception cref="IOException">The connection ended before the answer was whole.</exception>
    public async Task<string> CallAsync(
        string message,
        CancellationToken cancellationToken,
        string headers = "",
        string? token = null
    )
    {
        await SendAsync(message, cancellationToken, headers, token);
        return await ReceiveAsync(cancellationToken);
    }

    /// <param name="message">With its manner before the colon.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <param name="headers">Further ones, each with its line end.</param>
    /// <param name="token">Of the caller; null = the usual one's.</param>
    public async Task SendAsync(
        string message,
        CancellationToken cancellationToken,
        string headers = "",
        string? token = null
    )
    {
        var body =
            """{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"echo","arguments":{"message":"MESSAGE"}}}""".Replace(
                "MESSAGE",
                message,
                StringComparison.Ordinal
            );
        token ??= await system.Installation.TokenAsync(system.Installation.Endpoint, cancellationToken);
        var request =
            $"POST /mcp HTTP/1.1\r\nHost: {system.Installation.Endpoint.Authority}\r\nAuthorization: Bearer {token}\r\n"
            + "Accept: application/json, text/event-stream\r\nContent-Type: application/json\r\n"
            + $"{headers}Content-Length: {body.Length}\r\n\r\n{body}";
        await Tls.WriteAsync(Encoding.ASCII.GetBytes(request), cancellationToken);
    }

    /// <summary>The whole answer, head and body; one without a length lasts until the connection ends.</summary>
    public async Task<string> ReceiveAsync(CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(Limit, TimeProvider.System);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        var text = new StringBuilder();
        while (!IsWhole(text.ToString()))
        {
            var count = await Tls.ReadAsync(received, both.Token);
            if (count == 0)
            {
                throw new EndOfStreamException($"The connection ended after: {text}");
            }

            text.Append(Encoding.UTF8.GetString(received, 0, count));
        }

        return text.ToString();
    }

    public ValueTask DisposeAsync() => Tls.DisposeAsync();

    private static bool IsWhole(string answer)
    {
        var end = answer.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        if (end < 0)
        {
            return false;
        }

        const string Length = "\r\ncontent-length: ";
        var at = answer.IndexOf(Length, 0, end, StringComparison.OrdinalIgnoreCase);
        if (at < 0)
        {
            return answer.EndsWith("\r\n0\r\n\r\n", StringComparison.Ordinal);
        }

        var digits = answer.AsSpan(at + Length.Length);
        digits = digits[..digits.IndexOf('\r')];
        return answer.Length - end - 4 >= int.Parse(digits, NumberStyles.None, CultureInfo.InvariantCulture);
    }
}
