using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using Culvert.Platform.Net;

namespace Culvert.Identity.Service.Audit.Export;

/// <summary>
/// Syslog over TLS (RFC 5425), one connection per batch. The protocol has no acknowledgement, but the receiver's
/// close_notify is one: it has then read everything before ours.
/// </summary>
internal sealed class SyslogSink(SyslogTarget target, NetworkOptions network) : IAuditSink
{
    private readonly OutboundDialer dialer = new(network);

    public async ValueTask<AuditSent> SendAsync(
        IReadOnlyList<ExportedEntry> entries,
        CancellationToken cancellationToken
    )
    {
        try
        {
            await using var way = await dialer.ConnectAsync(target.Host, target.Port, cancellationToken);
            await using var tls = new SslStream(way);
            await tls.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions
                {
                    TargetHost = target.Host,
                    CertificateChainPolicy = SystemRoots.Policy(network.CaBundle, target.CaFile),
                },
                cancellationToken
            );
            using var frames = new MemoryStream();
            foreach (var entry in entries)
            {
                SyslogMessage.Write(frames, entry);
            }

            await tls.WriteAsync(frames.GetBuffer().AsMemory(0, (int)frames.Length), cancellationToken);

            // §4.4: the receiver must answer our close_notify with its own.
            await tls.ShutdownAsync();
            var rest = new byte[1];
            while (await tls.ReadAsync(rest, cancellationToken) > 0)
            {
                // Receivers send no data; only the end of the stream matters.
            }

            return new AuditSent();
        }
        catch (Exception fault)
            when (fault
                    is IOException
                        or SocketException
                        or AuthenticationException
                        or CryptographicException
                        or UnauthorizedAccessException
            )
        {
            return new AuditSent(fault.Message);
        }
    }
}
