using Culvert.Platform.Mcp;
using Culvert.Platform.Net;
using Culvert.Tunnel.Agent.Mcp;
using Culvert.Tunnel.Agent.Routing;

namespace Culvert.Tunnel.Agent.Upstreams.Probing;

/// <summary>
/// A real call to an MCP server: <c>server/discover</c>, or <c>initialize</c> and <c>tools/list</c> in a session that is
/// closed afterwards. A server that requires a credential is healthy.
/// </summary>
/// <param name="modernFirst">The era to begin with, until a server has answered.</param>
internal sealed class ServerProbe(Upstream upstream, bool modernFirst)
{
    private volatile bool isModern = modernFirst;

    /// <summary>Tries the era that answered last first: a request of the other era logs an error at the server.</summary>
    public async Task<ProbeState> RunAsync(Route route, CancellationToken cancellationToken)
    {
        if (!upstream.TryEnterSession())
        {
            return new ProbeState(true, "All connections are in use.");
        }

        try
        {
            var wasModern = isModern;
            var first = await TryAsync(route, wasModern, cancellationToken);
            if (first.IsHealthy == true)
            {
                return first;
            }

            var second = await TryAsync(route, !wasModern, cancellationToken);
            if (second.IsHealthy == true)
            {
                isModern = !wasModern;
                return second;
            }

            return wasModern ? second : first;
        }
        catch (HttpRequestException e)
        {
            return new ProbeState(false, (e.InnerException as UpstreamException)?.Message ?? FailureText.Describe(e));
        }
        catch (IOException e)
        {
            return new ProbeState(false, FailureText.Describe(e));
        }
        finally
        {
            upstream.ReleaseSession();
        }
    }

    private async Task<ProbeState> TryAsync(Route route, bool inModern, CancellationToken cancellationToken)
    {
        try
        {
            var session = await upstream.OpenSessionAsync(route, inModern, cancellationToken);
            var greeted = await ReadAsync(
                await session.GreetAsync(cancellationToken),
                session.GreetingMethod,
                needsResult: true,
                cancellationToken
            );
            return greeted is not { IsHealthy: true, Detail: "" } ? greeted
                : inModern ? greeted with { KeepsSessions = session.HasSession }
                : await ListToolsAsync(session, cancellationToken);
        }
        catch (CrawlException e)
        {
            return new ProbeState(false, e.Message);
        }
    }

    private static async Task<ProbeState> ListToolsAsync(McpSession session, CancellationToken cancellationToken)
    {
        try
        {
            await session.ConfirmAsync(cancellationToken);
            var listed = await ReadAsync(
                await session.ListAsync(McpMethods.ListTools, cursor: null, cancellationToken),
                McpMethods.ListTools,
                needsResult: false,
                cancellationToken
            );
            return listed with { KeepsSessions = session.HasSession };
        }
        finally
        {
            await session.EndAsync(cancellationToken);
        }
    }

    private static async Task<ProbeState> ReadAsync(
        McpAnswer received,
        string method,
        bool needsResult,
        CancellationToken cancellationToken
    )
    {
        using var answer = received;
        if (answer.IsDenied)
        {
            return new ProbeState(true, $"It responds to {method} with {(int)answer.Status!}.");
        }

        McpMessage? message = null;
        await answer.FindAsync(bytes => (message = ReadResponse(bytes)) is not null, cancellationToken);
        if (message is not null && (!needsResult || (message.ErrorCode is null && answer.IsSuccess)))
        {
            return new ProbeState(true, "");
        }

        var error =
            message?.ErrorCode is { } code ? $" and error {code}"
            : message is not null ? ""
            : answer.IsTooLong ? $", a response of more than {OwnRequests.MaxAnswerBytes} bytes"
            : answer.IsUnfinished ? ", and its stream ends in the middle of an event"
            : "";
        return new ProbeState(
            false,
            answer.Status is { } status
                ? $"It responds to {method} with {(int)status}{error}."
                : $"It responds to {method} with error {message?.ErrorCode}."
        );
    }

    private static McpMessage? ReadResponse(ReadOnlyMemory<byte> bytes) =>
        MessageReader.ReadAnswer(bytes) is { IsRelayable: true, Kind: MessageKind.Response } message ? message : null;
}
