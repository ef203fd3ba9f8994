using System.IO.Pipelines;
using System.Net.Security;
using Culvert.Tunnel.Agent.Telemetry;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace Culvert.Tunnel.Agent.InnerTls;

/// <summary>
/// Connection middleware that terminates inner TLS. Kestrel's own middleware writes blocks of 4 KiB, each a record with
/// its own encryption, frame and wake-up; this one sends the available bytes of a response in full records.
/// </summary>
/// <param name="choose">Returns the certificate and protocols for a server name.</param>
internal sealed class InnerTlsMiddleware(
    Func<ConnectionContext, string, SslServerAuthenticationOptions> choose,
    TimeSpan handshakeTimeout,
    TimeProvider time,
    ILogger logger
)
{
    /// <summary>
    /// The plaintext of a full record. With the record's own 22 to 50 bytes (RFC 8446 §5.2, RFC 5246 §6.2.3) it fits into
    /// one DATA frame of 16 KiB, and that into one record of the outer connection.
    /// </summary>
    public const int RecordBytes = (16 * 1024) - 64;

    private static readonly StreamPipeReaderOptions ReaderOptions = new(
        bufferSize: 16 * 1024,
        minimumReadSize: 1024,
        leaveOpen: true,
        useZeroByteReads: true // an idle connection holds no buffer
    );

    private static readonly StreamPipeWriterOptions WriterOptions = new(
        pool: RecordMemoryPool.Instance,
        minimumBufferSize: RecordBytes,
        leaveOpen: true
    );

    public ConnectionDelegate Use(ConnectionDelegate next) => connection => ServeAsync(connection, next);

    private async Task ServeAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        var outside = connection.Transport;
        await using var tls = new SslStream(new PipeStream(outside));
        if (!await HandshakeAsync(tls, connection))
        {
            return;
        }

        var feature = new TlsFeature(tls);
        connection.Features.Set<ITlsConnectionFeature>(feature);
        connection.Features.Set<ITlsHandshakeFeature>(feature);
        connection.Features.Set<ITlsApplicationProtocolFeature>(feature);
        var inside = new DuplexPipe(
            PipeReader.Create(tls, ReaderOptions),
            new WholeFlushWriter(PipeWriter.Create(tls, WriterOptions))
        );
        try
        {
            connection.Transport = inside;
            await next(connection);
            await EndAsync(tls, inside, connection);
        }
        finally
        {
            connection.Transport = outside;
        }
    }

    private async Task<bool> HandshakeAsync(SslStream tls, ConnectionContext connection)
    {
        using var deadline = new CancellationTokenSource(handshakeTimeout, time);
        try
        {
            var split = await HelloPeek.FindSplitNameAsync(connection.Transport.Input, deadline.Token);
            await tls.AuthenticateAsServerAsync(
                (_, hello, _, _) => ValueTask.FromResult(choose(connection, split ?? hello.ServerName)),
                state: null,
                deadline.Token
            );
            return true;
        }
        catch (Exception e)
        {
            // Any exception of the TLS library about a client's bytes is caused by the client, not by a bug of the agent.
            Log.InnerHandshakeFailed(logger, connection.ConnectionId, e.Message);
            return false;
        }
    }

    /// <summary>Sends close_notify last (RFC 8446 §6.1): without it a truncation would look like a normal end.</summary>
    private static async Task EndAsync(SslStream tls, DuplexPipe inside, ConnectionContext connection)
    {
        try
        {
            await inside.Input.CompleteAsync();
            await inside.Output.CompleteAsync();
            if (!connection.ConnectionClosed.IsCancellationRequested)
            {
                await tls.ShutdownAsync();
            }
        }
        catch (Exception e) when (e is IOException or InvalidOperationException or OperationCanceledException)
        {
            // The client has disconnected, or the connection was aborted: no peer receives the close.
        }
    }
}

internal sealed record DuplexPipe(PipeReader Input, PipeWriter Output) : IDuplexPipe;
