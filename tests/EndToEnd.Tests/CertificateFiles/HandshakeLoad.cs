using System.Collections.Concurrent;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using Culvert.EndToEnd.Tests.Harness;

namespace Culvert.EndToEnd.Tests.CertificateFiles;

/// <summary>
/// Clients that trust a tunnel's bundle and nothing else. Each connection is a full handshake, a request and its answer;
/// every one that fails is kept.
/// </summary>
internal sealed class HandshakeLoad : IAsyncDisposable
{
    private const int Clients = 3;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly string socket;
    private readonly string serverName;
    private readonly string trustBundle;
    private readonly CancellationTokenSource stopping = new();
    private readonly ConcurrentQueue<string> failures = new();
    private readonly ConcurrentDictionary<string, int> serials = new();
    private readonly Task work;

    private HandshakeLoad(string socket, string serverName, string trustBundle)
    {
        (this.socket, this.serverName, this.trustBundle) = (socket, serverName, trustBundle);
        work = Task.WhenAll(Enumerable.Range(0, Clients).Select(_ => Task.Run(RunAsync)));
    }

    public static HandshakeLoad Start(string socket, string serverName, string trustBundle) =>
        new(socket, serverName, trustBundle);

    public IReadOnlyCollection<string> Failures => failures;

    /// <summary>Handshakes that succeeded, by the serial number that was served.</summary>
    public IReadOnlyDictionary<string, int> Serials => serials;

    /// <summary>Waits until a client has received the certificate.</summary>
    public async Task UntilServedAsync(string serial, CancellationToken cancellationToken)
    {
        var begun = TimeProvider.System.GetTimestamp();
        while (!serials.ContainsKey(serial))
        {
            if (TimeProvider.System.GetElapsedTime(begun) > Patience * 2)
            {
                throw new TimeoutException($"{serial} is not served; {string.Join(", ", serials.Keys)} were.");
            }

            await Task.Delay(Pause, TimeProvider.System, cancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await work;
        stopping.Dispose();
    }

    private async Task RunAsync()
    {
        while (!stopping.IsCancellationRequested)
        {
            using var limit = new CancellationTokenSource(Patience);
            try
            {
                var serial = await ConnectAsync(limit.Token);
                serials.AddOrUpdate(serial, 1, static (_, count) => count + 1);
            }
            catch (Exception e)
            {
                // The load outlives every failure: failures are what it counts.
                failures.Enqueue(e.ToString());
            }

            await Task.Delay(Pause, TimeProvider.System, CancellationToken.None);
        }
    }

    private async Task<string> ConnectAsync(CancellationToken cancellationToken)
    {
        using var connection = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await connection.ConnectAsync(new UnixDomainSocketEndPoint(socket), cancellationToken);
        await using var tls = new SslStream(new NetworkStream(connection));
        await tls.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions
            {
                TargetHost = serverName,
                CertificateChainPolicy = McpCaller.TrustOnly(trustBundle),
                AllowTlsResume = false,
            },
            cancellationToken
        );
        await tls.WriteAsync(
            Encoding.ASCII.GetBytes($"GET / HTTP/1.1\r\nHost: {serverName}\r\nConnection: close\r\n\r\n"),
            cancellationToken
        );
        using var reader = new StreamReader(tls);
        var answer = await reader.ReadToEndAsync(cancellationToken);
        return answer.EndsWith("served", StringComparison.Ordinal)
            ? tls.RemoteCertificate!.GetSerialNumberString().ToLowerInvariant()
            : throw new InvalidOperationException($"answered: {answer}");
    }
}
