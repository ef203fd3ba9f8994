using System.Net;
using Culvert.Platform.Events;
using Culvert.Platform.Timing;
using Culvert.Tunnel.Agent.Mcp;
using Culvert.Tunnel.Agent.Requests;
using Culvert.Tunnel.Agent.Requests.InProcess;
using Culvert.Tunnel.Agent.Routing;
using Microsoft.AspNetCore.Hosting.Server;

namespace Culvert.Tunnel.Agent.LongPoll;

/// <summary>
/// Relays a command to the route of its channel, and the response back. The route's pipeline handles it like any other
/// call: with the command's token, the policy, the limits, and a record.
/// </summary>
internal sealed class CommandRelay(
    LongPollSettings settings,
    IHttpApplication<Exchange> application,
    RouteMap routes,
    TimeProvider time
)
{
    /// <summary>A longer error of an MCP server is replaced by an error of the agent.</summary>
    private const int MostErrorBytes = 100 * 1024;

    private const int MostMetadataBytes = 1 << 20;
    private const string Json = "application/json";
    private const string BothForms = $"{Json}, {EventStream.MediaType}";

    // RFC 9728 §3.1
    private const string WellKnown = "/.well-known/oauth-protected-resource";

    // After the response, the rest of the server's answer is read for this long, so that its connection can be reused.
    private static readonly TimeSpan DrainTime = TimeSpan.FromSeconds(5);

    private readonly IPEndPoint client = ProviderAddress.Create(settings.TunnelId);

    /// <exception cref="OperationCanceledException">The work was ended before its last answer was sent.</exception>
    public async Task RelayAsync(TunnelCommand command, AnswerSender sender, CancellationToken cancellationToken)
    {
        if (settings.FindRoute(command.Channel) is not { } name)
        {
            await RefuseChannelAsync(command, sender);
            return;
        }

        // The route may be unknown before the first feed: the application then refuses the request.
        var table = routes.Current;
        var host = Route.HostnameUnder(name, table.Domain);
        var (_, served) = routes.Enter(host);
        try
        {
            var target = new RelayTarget(host, served?.Resource.Path ?? "/", served);
            await (
                command.Type switch
                {
                    CommandType.SessionTermination => EndSessionAsync(command, target, sender, cancellationToken),
                    CommandType.OauthDiscovery => DiscoverAsync(command, target, sender, cancellationToken),
                    _ => RelayMessageAsync(command, target, sender, cancellationToken),
                }
            );
        }
        finally
        {
            served?.Route.Release();
        }
    }

    /// <summary>Sends the answer to a command that took too long, or that the agent could not handle.</summary>
    public static Task FailAsync(TunnelCommand command, AnswerSender sender, TunnelFailure failure, int status)
    {
        var id =
            command.Type == CommandType.JsonRpc ? TunnelFailure.GetId(MessageReader.Read(command.Message)) : default;
        return sender.FinishAsync(CreateFailure(command, status, failure, id), id);
    }

    public static Task RefuseAsync(TunnelCommand command, AnswerSender sender, Failure failure) =>
        FailAsync(command, sender, TunnelFailure.FromReason(failure.Reason), failure.Status);

    private static Task RefuseChannelAsync(TunnelCommand command, AnswerSender sender)
    {
        if (command.Type != CommandType.JsonRpc)
        {
            return sender.FinishAsync(CreateFailure(command, 400, TunnelFailure.Internal, default), default);
        }

        var id = TunnelFailure.GetId(MessageReader.Read(command.Message));
        var answer = new CommandAnswer
        {
            Type = AnswerType.Response,
            Status = StatusCodes.Status400BadRequest,
            Body = RpcText.Error(
                id.Span,
                RpcText.InternalError,
                $"The agent does not serve the channel {command.Channel}."
            ),
        };
        return sender.FinishAsync(answer, id);
    }

    private async Task RelayMessageAsync(
        TunnelCommand command,
        RelayTarget target,
        AnswerSender sender,
        CancellationToken cancellationToken
    )
    {
        var message = MessageReader.Read(command.Message);
        var id = TunnelFailure.GetId(message);
        var wantsResponse = message.Kind == MessageKind.Request && !id.IsEmpty; // the message is not kept while it is served
        await using var exchange = Start(
            HttpMethods.Post,
            target.Path,
            BothForms,
            command,
            target,
            command.Channel == LongPollSettings.CalloutChannel ? CalloutNames.ToOwn(message) : command.Message,
            cancellationToken
        );
        await exchange.Response.Started;
        cancellationToken.ThrowIfCancellationRequested();
        var response = exchange.Response;
        var head = new CommandAnswer
        {
            Type = AnswerType.Response,
            Status = response.StatusCode,
            Headers = CommandHeaders.SelectForAnswer(response.Headers),
        };
        var isSuccess = response is { HasStarted: true, StatusCode: >= 200 and <= 299 };
        if (!response.HasStarted)
        {
            await FinishWithAsync(sender, head, 502, TunnelFailure.BrokenOff, id);
        }
        else if (isSuccess && !wantsResponse)
        {
            await sender.FinishAsync(head with { Type = AnswerType.Acknowledgement }, id);
            await DrainAsync(new AnswerBody(response.Reader, settings.MaxAnswerBytes), cancellationToken);
        }
        else if (isSuccess && IsEventStream(response))
        {
            await RelayEventsAsync(exchange, head, target, sender, id, cancellationToken);
        }
        else if (isSuccess)
        {
            await RelayBodyAsync(exchange, head, sender, id, cancellationToken);
        }
        else
        {
            await RelayErrorAsync(exchange, head, sender, id, cancellationToken);
        }
    }

    private async Task RelayBodyAsync(
        InProcessExchange exchange,
        CommandAnswer head,
        AnswerSender sender,
        ReadOnlyMemory<byte> id,
        CancellationToken cancellationToken
    )
    {
        var body = new AnswerBody(exchange.Response.Reader, settings.MaxAnswerBytes);
        var bytes = await body.ReadAllAsync(cancellationToken);
        var message = MessageReader.ReadAnswer(bytes);
        if (!body.IsTooLong && !exchange.Response.IsCut && AnswerMessages.IsAnswer(message, id))
        {
            await sender.FinishAsync(head with { Body = AnswerMessages.WithId(message, id) }, id);
            return;
        }

        var failure =
            body.IsTooLong ? TunnelFailure.TooLarge
            : exchange.Response.IsCut ? TunnelFailure.BrokenOff
            : bytes.IsEmpty ? TunnelFailure.Missing
            : message.Has(MessageErrors.NotJson) ? TunnelFailure.NotJson
            : TunnelFailure.NotAnAnswer;
        await FinishWithAsync(sender, head, 502, failure.AfterResponse(), id);
    }

    private async Task RelayEventsAsync(
        InProcessExchange exchange,
        CommandAnswer head,
        RelayTarget target,
        AnswerSender sender,
        ReadOnlyMemory<byte> id,
        CancellationToken cancellationToken
    )
    {
        var body = new AnswerBody(exchange.Response.Reader, settings.MaxAnswerBytes);
        var sawNoJson = false;
        while (await body.ReadEventAsync(cancellationToken) is { IsEmpty: false } data)
        {
            var message = MessageReader.ReadAnswer(data);
            if (AnswerMessages.IsAnswer(message, id))
            {
                await sender.FinishAsync(head with { Body = AnswerMessages.WithId(message, id) }, id);
                await DrainAsync(body, cancellationToken);
                return;
            }

            if (IsResponse(message))
            {
                // The stream has one response, and its id is another one: the call's own response will not arrive.
                await FinishWithAsync(sender, head, 502, TunnelFailure.NotAnAnswer.AfterResponse(), id);
                return;
            }

            if (!AnswerMessages.IsReadable(message))
            {
                sawNoJson = true; // some servers send a ping that is not a message
            }
            else if (message.Kind == MessageKind.Notification)
            {
                await sender.NotifyAsync(head with { Type = AnswerType.Notification, Body = data });
            }
            else if (message.Kind == MessageKind.Request && target.Served is { } served && exchange.IsRunning)
            {
                // The provider's protocol cannot carry it.
                served.Route.Upstream.RefuseServerRequest(exchange.Exchange, served.Route, message.Id);
            }
        }

        var failure =
            body.IsTooLong ? TunnelFailure.TooLarge
            : exchange.Response.IsCut || body.IsUnfinished ? TunnelFailure.BrokenOff
            : sawNoJson ? TunnelFailure.NotMcp
            : TunnelFailure.Missing;
        await FinishWithAsync(sender, head, 502, failure.AfterResponse(), id);
    }

    // A JSON-RPC error of the server passes byte for byte. Other error pages do not: any proxy may have written them,
    // and they may reveal inner details.
    private static async Task RelayErrorAsync(
        InProcessExchange exchange,
        CommandAnswer head,
        AnswerSender sender,
        ReadOnlyMemory<byte> id,
        CancellationToken cancellationToken
    )
    {
        var body = new AnswerBody(exchange.Response.Reader, MostErrorBytes);
        var bytes = await body.ReadAllAsync(cancellationToken);
        var message = MessageReader.ReadAnswer(bytes);
        if (
            !body.IsTooLong
            && !exchange.Response.IsCut
            && message.ErrorCode is not null
            && AnswerMessages.IsAnswer(message, id)
        )
        {
            await sender.FinishAsync(head with { Body = AnswerMessages.WithId(message, id) }, id);
            return;
        }

        var isError = head.Status is >= 400 and <= 599;
        var failure =
            exchange.OwnReason is { Length: > 0 } reason
                ? TunnelFailure.FromReason(reason) with
                {
                    RequestId = exchange.OwnRequestId,
                }
            : isError ? TunnelFailure.FromStatus(head.Status)
            : TunnelFailure.NotAnAnswer.AfterResponse();
        await FinishWithAsync(sender, head, isError ? head.Status : 502, failure, id);
    }

    private async Task EndSessionAsync(
        TunnelCommand command,
        RelayTarget target,
        AnswerSender sender,
        CancellationToken cancellationToken
    )
    {
        await using var exchange = Start(
            HttpMethods.Delete,
            target.Path,
            Json,
            command,
            target,
            default,
            cancellationToken
        );
        await exchange.Response.Started;
        cancellationToken.ThrowIfCancellationRequested();
        var answer = new CommandAnswer
        {
            Type = AnswerType.SessionTermination,
            Status = exchange.Response.HasStarted ? exchange.Response.StatusCode : StatusCodes.Status502BadGateway,
            Headers = CommandHeaders.SelectForAnswer(exchange.Response.Headers),
        };
        await sender.FinishAsync(answer, default);
        await DrainAsync(new AnswerBody(exchange.Response.Reader, MostErrorBytes), cancellationToken);
    }

    // RFC 9728 §3.1: between host and path, otherwise at the host itself. No other URL is fetched.
    private async Task DiscoverAsync(
        TunnelCommand command,
        RelayTarget target,
        AnswerSender sender,
        CancellationToken cancellationToken
    )
    {
        var answer = CreateFailure(command, StatusCodes.Status404NotFound, TunnelFailure.Missing, default);
        foreach (var path in new[] { WellKnown + (target.Path == "/" ? "" : target.Path), WellKnown }.Distinct())
        {
            await using var exchange = Start(HttpMethods.Get, path, Json, command, target, default, cancellationToken);
            await exchange.Response.Started;
            cancellationToken.ThrowIfCancellationRequested();
            var response = exchange.Response;
            var body = new AnswerBody(response.Reader, MostMetadataBytes);
            var bytes = await body.ReadAllAsync(cancellationToken);
            if (response is { HasStarted: true, StatusCode: 200, IsCut: false } && !body.IsTooLong && IsMetadata(bytes))
            {
                answer = answer with
                {
                    Status = response.StatusCode,
                    Headers = CommandHeaders.SelectForAnswer(response.Headers),
                    Body = bytes,
                };
                break;
            }

            answer = answer with
            {
                Status = response is { HasStarted: true, StatusCode: >= 400 } ? response.StatusCode : 502,
                Headers = CommandHeaders.SelectOwn(response.Headers),
            };
        }

        await sender.FinishAsync(answer, default);
    }

    private static bool IsMetadata(ReadOnlyMemory<byte> document)
    {
        try
        {
            using var json = System.Text.Json.JsonDocument.Parse(document);
            return json.RootElement.ValueKind == System.Text.Json.JsonValueKind.Object
                && json.RootElement.TryGetProperty("resource", out var resource)
                && resource.ValueKind == System.Text.Json.JsonValueKind.String;
        }
        catch (System.Text.Json.JsonException)
        {
            return false;
        }
    }

    private InProcessExchange Start(
        string method,
        string path,
        string accept,
        TunnelCommand command,
        RelayTarget target,
        ReadOnlyMemory<byte> body,
        CancellationToken cancellationToken
    )
    {
        var aborted = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        return InProcessExchange.Start(
            application,
            new InProcessRequest(method, path, target.Host, accept, command.Headers, body, aborted),
            new CommandConnection(target.Host, client, settings.TunnelId, command),
            aborted
        );
    }

    private async Task DrainAsync(AnswerBody body, CancellationToken cancellationToken)
    {
        using var limit = new TimeLimit(DrainTime, time, cancellationToken);
        try
        {
            await body.DrainAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            // The answer was sent; the exchange is aborted.
        }
    }

    private static bool IsResponse(McpMessage message) =>
        message.Kind == MessageKind.Response && !message.Has(MessageErrors.Unreadable | MessageErrors.Shape);

    private static bool IsEventStream(InProcessResponse response) =>
        EventStream.IsNamedBy(response.Headers.ContentType.ToString());

    // Includes the headers of the response, because a challenge must reach the client.
    private static Task FinishWithAsync(
        AnswerSender sender,
        CommandAnswer head,
        int status,
        TunnelFailure failure,
        ReadOnlyMemory<byte> id
    ) => sender.FinishAsync(head with { Status = status, Body = failure.Format(id.Span) }, id);

    private static CommandAnswer CreateFailure(
        TunnelCommand command,
        int status,
        TunnelFailure failure,
        ReadOnlyMemory<byte> id
    ) =>
        command.Type switch
        {
            CommandType.SessionTermination => new() { Type = AnswerType.SessionTermination, Status = status },
            CommandType.OauthDiscovery => new() { Type = AnswerType.OauthDiscovery, Status = status },
            _ => new()
            {
                Type = AnswerType.Response,
                Status = status,
                Body = failure.Format(id.Span),
            },
        };
}

/// <param name="Host">The route's hostname under the tunnel's domain.</param>
/// <param name="Path">The path of its MCP endpoint.</param>
/// <param name="Served">Null if no route is active under the name.</param>
internal sealed record RelayTarget(string Host, string Path, ServedRoute? Served);
