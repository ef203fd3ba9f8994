using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.WebSockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Culvert.Platform.Net;
using Culvert.Platform.Timing;
using Culvert.Tunnel.Agent.Routing;

namespace Culvert.Tunnel.Agent.Connector;

/// <summary>Connects to a running agent like a connector: a WebSocket with TLS inside. It sends no request.</summary>
internal static class ConnectorTrial
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    public static async Task<ConnectorTrialResult> RunAsync(
        ConnectorSettings settings,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        using var limit = new TimeLimit(Limit, time, cancellationToken);
        try
        {
            using var socket = new ClientWebSocket();
            using var client = new HttpMessageInvoker(OutboundHttp.CreateHandler());
            await socket.ConnectAsync(ToUrl(settings.Listen), client, limit.Token);
            return await ShakeHandsAsync(socket, settings, time, limit.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Failed(
                string.Create(CultureInfo.InvariantCulture, $"no response within {Limit.TotalSeconds} seconds"),
                settings
            );
        }
        catch (Exception e) when (e is WebSocketException or IOException or AuthenticationException)
        {
            return Failed((e.InnerException ?? e).Message, settings);
        }
    }

    private static async Task<ConnectorTrialResult> ShakeHandsAsync(
        ClientWebSocket socket,
        ConnectorSettings settings,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        var shown = (X509Certificate2?)null;
        await using var stream = WebSocketStream.Create(socket, WebSocketMessageType.Binary, ownsWebSocket: false);
        await using var tls = new SslStream(stream);
        await tls.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions
            {
                TargetHost = Route.HostnameUnder(settings.Routes[0], settings.Domain),
                CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
                CertificateChainPolicy = new X509ChainPolicy { DisableCertificateDownloads = true }, // S37

                // Only the provider knows which certificate is registered: this one is reported, and no data is sent.
                RemoteCertificateValidationCallback = (_, certificate, _, _) =>
                {
                    shown = certificate is null
                        ? null
                        : X509CertificateLoader.LoadCertificate(certificate.GetRawCertData());
                    return shown is not null;
                },
            },
            cancellationToken
        );
        using (shown)
        {
            return shown is null
                ? Failed("no certificate was shown", settings)
                : Judge(shown, settings, time.GetUtcNow());
        }
    }

    private static ConnectorTrialResult Judge(X509Certificate2 shown, ConnectorSettings settings, DateTimeOffset now)
    {
        var names = shown
            .Extensions.OfType<X509SubjectAlternativeNameExtension>()
            .SelectMany(e => e.EnumerateDnsNames());
        var line = string.Create(
            CultureInfo.InvariantCulture,
            $"{settings.Domain}: certificate {shown.SerialNumber} of {shown.Issuer}, for {string.Join(", ", names)}, expires {shown.NotAfter.ToUniversalTime():u}"
        );
        var missing = settings
            .Routes.Select(r => Route.HostnameUnder(r, settings.Domain))
            .Where(n => !shown.MatchesHostname(n, allowWildcards: true, allowCommonName: false))
            .ToList();
        var problem =
            now < shown.NotBefore ? "it is not valid yet"
            : now > shown.NotAfter ? "it has expired"
            : missing.Count > 0 ? $"it is not for {string.Join(", ", missing)}"
            : null;
        return new ConnectorTrialResult(problem is null, problem is null ? line : $"{line}: {problem}");
    }

    private static ConnectorTrialResult Failed(string problem, ConnectorSettings settings) =>
        new(false, $"{settings.Domain} at {settings.Listen}: {problem}");

    private static Uri ToUrl(IPEndPoint listen)
    {
        var address =
            listen.Address.Equals(IPAddress.Any) ? IPAddress.Loopback
            : listen.Address.Equals(IPAddress.IPv6Any) ? IPAddress.IPv6Loopback
            : listen.Address;
        return new Uri($"ws://{new IPEndPoint(address, listen.Port)}/");
    }
}

/// <param name="Works">Whether clients of the tunnel can start TLS with the certificate.</param>
/// <param name="Line">The certificate, or why there is none; for people.</param>
internal sealed record ConnectorTrialResult(bool Works, string Line);
