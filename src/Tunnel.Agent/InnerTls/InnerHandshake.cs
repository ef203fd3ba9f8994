using System.Net.Security;
using System.Security.Authentication;
using Culvert.Tunnel.Agent.Requests;
using Culvert.Tunnel.Agent.Telemetry;
using Microsoft.AspNetCore.Connections;

namespace Culvert.Tunnel.Agent.InnerTls;

/// <summary>Chooses the certificate of an inner handshake, or refuses the handshake.</summary>
/// <param name="isOwnName">Whether a server name is one of the tunnel's current names.</param>
/// <param name="certified">Public certificates and challenges; null without ACME.</param>
internal sealed class InnerHandshake(
    LeafSlot leaves,
    Func<string, bool> isOwnName,
    TimeProvider time,
    ILogger<InnerHandshake> logger,
    PublicLeaves? certified = null
)
{
    // A few round trips of the client over the tunnel; a stalled hello must not hold a stream for long.
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Whether there is a certificate for the name. An expired one does not count: another agent may serve.
    /// </summary>
    public bool CanServe(string serverName) =>
        leaves.HasGood
        || certified?.Leaves.Find(serverName) is not null
        || certified?.FindChallenge(serverName) is not null;

    /// <summary>Connection middleware that terminates the client's TLS.</summary>
    public ConnectionDelegate Use(ConnectionDelegate next)
    {
        var serve = new InnerTlsMiddleware(Choose, Timeout, time, logger).Use(next);
        return certified is null
            ? serve
            : connection =>
                connection.Features.Get<ITunnelConnection>() is { ServerName: var name }
                && certified.FindChallenge(name) is { } challenge
                    ? AnswerAsync(connection, challenge, serve)
                    : serve(connection);
    }

    // S25: while a challenge is announced, a hello with only its protocol gets it, and the connection closes after the
    // handshake. Otherwise that protocol is refused as unknown, like any other that is not HTTP.
    private async Task AnswerAsync(
        ConnectionContext connection,
        SslServerAuthenticationOptions challenge,
        ConnectionDelegate serve
    )
    {
        using var deadline = new CancellationTokenSource(Timeout, time);
        try
        {
            if (await ChallengeHello.IsNextAsync(connection.Transport.Input, deadline.Token))
            {
                var split = await HelloPeek.FindSplitNameAsync(connection.Transport.Input, deadline.Token);
                await using var tls = new SslStream(new PipeStream(connection.Transport));
                await tls.AuthenticateAsServerAsync(
                    (_, hello, _, _) =>
                    {
                        CheckName(connection, split ?? hello.ServerName);
                        return ValueTask.FromResult(challenge);
                    },
                    state: null,
                    deadline.Token
                );
                Log.ChallengeAnswered(logger, connection.ConnectionId);
                await tls.ShutdownAsync();
                return;
            }
        }
        catch (Exception e)
        {
            // Any exception of the TLS library about a client's bytes is caused by the client, not by a bug of the agent.
            Log.InnerHandshakeFailed(logger, connection.ConnectionId, e.Message);
            return;
        }

        await serve(connection);
    }

    private SslServerAuthenticationOptions Choose(ConnectionContext connection, string serverName)
    {
        CheckName(connection, serverName);
        var leaf =
            certified?.Leaves.Find(serverName)
            ?? leaves.Current
            ?? throw new AuthenticationException("No server certificate is in service yet.");
        return leaf.TlsOptions;
    }

    private void CheckName(ConnectionContext connection, string serverName)
    {
        var opened = connection.Features.Get<ITunnelConnection>();

        // S22: the edge routed, and in CONNECT authorized, by the name in OPEN; the name in the hello must be the same.
        if (opened is null || !serverName.Equals(opened.ServerName, StringComparison.OrdinalIgnoreCase))
        {
            Log.ServerNameRefused(logger, connection.ConnectionId, "it differs from the name the edge routed by");
            throw new AuthenticationException("The server name is not the one that the stream was opened for.");
        }

        if (!isOwnName(serverName))
        {
            Log.ServerNameRefused(logger, connection.ConnectionId, "it is not a name of this tunnel");
            throw new AuthenticationException("The server name does not belong to this tunnel.");
        }
    }
}

/// <summary>Public certificates and challenges of ACME for inner TLS.</summary>
/// <param name="FindChallenge">Returns the options of a challenge handshake for a name; null when no challenge is
/// announced.</param>
internal sealed record PublicLeaves(NamedLeaves Leaves, Func<string, SslServerAuthenticationOptions?> FindChallenge);
