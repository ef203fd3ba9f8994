using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using Culvert.Tunnel.Agent.Acme;

namespace Culvert.Tunnel.Agent.Tests.Acme;

/// <summary>Replaces edge and agents: presents challenge certificates on a loopback port.</summary>
internal sealed class ChallengeDoor : IChallengeGate, IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stop = new();
    private readonly Task running;
    private volatile SslServerAuthenticationOptions? shown;

    public ChallengeDoor()
    {
        listener.Start();
        running = RunAsync();
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    /// <summary>How many challenges were opened.</summary>
    public int Opened { get; private set; }

    /// <summary>Shows a certificate for something else.</summary>
    public bool ShowsAnother { get; set; }

    public Task<IAsyncDisposable> OpenAsync(string name, byte[] digest, CancellationToken cancellationToken)
    {
        Opened++;
        shown = ChallengeCertificate.TlsOptions(
            name,
            ShowsAnother ? new byte[32] : digest,
            TimeProvider.System.GetUtcNow()
        );
        return Task.FromResult<IAsyncDisposable>(new Closing(() => shown = null));
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        listener.Dispose();
        await running;
        stop.Dispose();
    }

    private async Task RunAsync()
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                using var client = await listener.AcceptTcpClientAsync(stop.Token);
                await using var tls = new SslStream(client.GetStream());
                await tls.AuthenticateAsServerAsync(
                    shown ?? throw new IOException("Nothing is announced."),
                    stop.Token
                );
            }
            catch (Exception e)
                when (e is OperationCanceledException or IOException or SocketException or ObjectDisposedException)
            {
                // Stopped, or a client that is not welcome.
            }
        }
    }

    private sealed class Closing(Action close) : IAsyncDisposable
    {
        public ValueTask DisposeAsync()
        {
            close();
            return ValueTask.CompletedTask;
        }
    }
}
