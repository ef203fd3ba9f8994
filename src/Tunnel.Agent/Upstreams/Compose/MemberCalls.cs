using System.Runtime.InteropServices;
using System.Text.Json;
using Culvert.Machine.Client.Calls;
using Culvert.Platform.Events;
using Culvert.Platform.Mcp;
using Culvert.Platform.Programs;
using Culvert.Tunnel.Agent.Mcp;
using Culvert.Tunnel.Agent.Requests;
using Culvert.Tunnel.Agent.Requests.InProcess;
using Culvert.Tunnel.Agent.Routing;

namespace Culvert.Tunnel.Agent.Upstreams.Compose;

/// <summary>Makes the calls of one composed call, each as a request of its caller to the member.</summary>
/// <param name="route">The composed route.</param>
/// <param name="find">Returns what is known of a member's server.</param>
/// <param name="budget">Of the answers of all composed calls; this call returns its share when it is disposed of.</param>
internal sealed class MemberCalls(
    IMemberPipeline pipeline,
    Exchange caller,
    Route route,
    ComposedTool tool,
    string id,
    Func<Upstream, MemberServer> find,
    BodyBudget budget
) : IMemberCalls, IDisposable
{
    /// <summary>The limit of an answer's body.</summary>
    public const int MaxAnswerBytes = 16 << 20;

    private const string Json = "application/json";
    private const string BothForms = $"{Json}, {EventStream.MediaType}";

    private static readonly string Name = ClientMessages.Describe("culvert-compose", ProductVersion.Text);

    private static int lastId;

    private readonly ClientKey owner = ClientKey.FromPerson(caller);
    private readonly string host = RequestHost.Format(caller.Request.Headers.Host.ToString());
    private readonly string forwarded = caller.Connection.Forwarded(caller.Request.Headers.Host.ToString());
    private long reserved;
    private int made;

    /// <summary>The calls of tools that were made.</summary>
    public int Made => made;

    public void Dispose() => budget.Return(owner, reserved);

    public bool IsReadOnly(ComposeStep step) => Find(step).Policy.Pins?.IsReadOnly(step.Tool) == true;

    public async Task<MemberAnswer> CallAsync(
        ComposeStep step,
        ReadOnlyMemory<byte> arguments,
        CancellationToken cancellationToken
    )
    {
        Interlocked.Increment(ref made);
        var member = Find(step);
        var server = find(member.Upstream);
        var session = server.GetSession(caller.Principal?.Identity ?? "");
        var wasKnown = server.Version is not null && session.IsOpen;
        var reply = await CallAsync(step, member, server, session, arguments, cancellationToken);
        if (reply.IsOutdated && wasKnown && (step.OnlyReads || IsReadOnly(step) || IsSessionUnknown(reply, session)))
        {
            (server.Version, session.IsOpen) = (null, false);
            reply = await CallAsync(step, member, server, session, arguments, cancellationToken);
        }

        return Read(reply);
    }

    // MCP 2025-11-25, transports: the only status after which a call that may write is certainly not executed.
    private static bool IsSessionUnknown(MemberReply reply, MemberSession session) =>
        reply.Status == StatusCodes.Status404NotFound && session.Id.Length > 0;

    private static MemberAnswer Read(MemberReply reply)
    {
        if (!reply.HasResult || reply.Reason.Length > 0)
        {
            return MemberAnswer.Failed(reply.Code) with
            {
                Ticket = ReadTicket(reply),
                ConnectPage = ReadConnectPage(reply),
            };
        }

        // A question to the caller, or a task, is not an answer that a step can use.
        return
            reply.Result.TryGetProperty("resultType"u8, out var type)
            && !(type.ValueKind == JsonValueKind.String && type.ValueEquals("complete"u8))
            ? MemberAnswer.Failed("answer_incomplete")
            : new MemberAnswer(reply.Result, null);
    }

    private static ApprovalTicket? ReadTicket(MemberReply reply) =>
        (reply.Reason == ApprovalFailures.Required.Reason || reply.Reason == ApprovalFailures.Rejected.Reason)
        && reply.Get("error"u8) is { ValueKind: JsonValueKind.Object } error
        && error.TryGetProperty("data"u8, out var data)
        && data.TryGetProperty("ticket"u8, out var ticket)
        && data.TryGetProperty("expires"u8, out var expires)
            ? new ApprovalTicket(ticket.GetString()!, expires.GetDateTimeOffset())
            : null;

    private static Uri? ReadConnectPage(MemberReply reply) =>
        reply.Reason == UpstreamFailures.ConnectionRequired.Reason
        && reply.Get("error"u8) is { ValueKind: JsonValueKind.Object } error
        && error.TryGetProperty("data"u8, out var data)
        && data.TryGetProperty("elicitations"u8, out var pages)
        && pages[0].TryGetProperty("url"u8, out var url)
            ? WebPage.Find(url.GetString())
            : null;

    private Route Find(ComposeStep step) => route.Members.First(m => m.Name == step.Route);

    private async Task<MemberReply> CallAsync(
        ComposeStep step,
        Route member,
        MemberServer server,
        MemberSession session,
        ReadOnlyMemory<byte> arguments,
        CancellationToken cancellationToken
    )
    {
        if (
            !(server.Version is not null && session.IsOpen)
            && await OpenAsync(step, member, server, session, cancellationToken) is { } failed
        )
        {
            return failed;
        }

        var number = Interlocked.Increment(ref lastId);
        var version = server.Version ?? ClientMessages.Modern;
        var isModern = McpRevision.IsModern(version);
        var headers = CreateHeaders(version, session.Id);
        if (isModern)
        {
            headers.Add(new(McpHeaders.Method, [McpMethods.CallTool]));
            headers.Add(new(McpHeaders.Name, [MessageHead.Encode(step.Tool)]));
            AddParameters(headers, member, step.Tool, arguments);
        }

        var message = ClientMessages.Call(number, step.Tool, arguments, isModern ? Name : null);
        return await SendAsync(step, member, number, message, headers, cancellationToken);
    }

    // Returns the reply with which it failed.
    private async Task<MemberReply?> OpenAsync(
        ComposeStep step,
        Route member,
        MemberServer server,
        MemberSession session,
        CancellationToken cancellationToken
    )
    {
        await session.Gate.WaitAsync(cancellationToken);
        try
        {
            if (server.Version is null)
            {
                var discovered = await SendAsync(
                    step,
                    member,
                    1,
                    ClientMessages.Discover(Name),
                    [.. CreateHeaders(ClientMessages.Modern, ""), new(McpHeaders.Method, [McpMethods.Discover])],
                    cancellationToken
                );
                if (discovered.IsFinal)
                {
                    return discovered;
                }

                server.Version = discovered.HasResult ? ClientMessages.Modern : null;
            }

            if (!session.IsOpen && !McpRevision.IsModern(server.Version ?? ""))
            {
                var greeted = await SendAsync(
                    step,
                    member,
                    1,
                    ClientMessages.Initialize(Name),
                    CreateHeaders("", ""),
                    cancellationToken
                );
                if (!greeted.HasResult)
                {
                    return greeted;
                }

                server.Version =
                    greeted.Result.TryGetProperty("protocolVersion"u8, out var spoken)
                    && spoken.ValueKind == JsonValueKind.String
                        ? spoken.GetString()!
                        : ClientMessages.Legacy;
                session.Id = greeted.Session;
                await SendAsync(
                    step,
                    member,
                    0,
                    ClientMessages.Initialized.ToArray(),
                    CreateHeaders(server.Version, session.Id),
                    cancellationToken
                );
            }

            session.IsOpen = true;
            return null;
        }
        finally
        {
            session.Gate.Release();
        }
    }

    private static List<KeyValuePair<string, string[]>> CreateHeaders(string version, string session)
    {
        var headers = new List<KeyValuePair<string, string[]>>();
        if (version.Length > 0)
        {
            headers.Add(new(McpHeaders.ProtocolVersion, [version]));
        }

        if (session.Length > 0)
        {
            headers.Add(new(McpHeaders.Session, [session]));
        }

        return headers;
    }

    // SEP-2243: a tool may require that headers repeat arguments.
    private static void AddParameters(
        List<KeyValuePair<string, string[]>> headers,
        Route member,
        string name,
        ReadOnlyMemory<byte> arguments
    )
    {
        if (member.Policy.Pins?.FindApprovedHeaders(name) is not { Count: > 0 } declared)
        {
            return;
        }

        var root = JsonElement.Parse(arguments.Span);
        foreach (var (header, path) in declared)
        {
            var value = root;
            if (
                path.All(part => value.ValueKind == JsonValueKind.Object && value.TryGetProperty(part, out value))
                && value.ValueKind
                    is JsonValueKind.String
                        or JsonValueKind.Number
                        or JsonValueKind.True
                        or JsonValueKind.False
            )
            {
                var text = value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();
                headers.Add(new(McpHeaders.ParameterPrefix + header, [MessageHead.Encode(text)]));
            }
        }
    }

    /// <param name="number">The id of the request; 0 for a notification.</param>
    private async Task<MemberReply> SendAsync(
        ComposeStep step,
        Route member,
        int number,
        ReadOnlyMemory<byte> message,
        List<KeyValuePair<string, string[]>> headers,
        CancellationToken cancellationToken
    )
    {
        var served = pipeline.Find(member);
        var aborted = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await using var exchange = InProcessExchange.Start(
            pipeline.Open(
                served,
                caller,
                new Composition(id)
                {
                    Route = route.Name,
                    Tool = tool.Name,
                    Step = step.Name,
                }
            ),
            new InProcessRequest(HttpMethods.Post, served.Resource.Path, host, BothForms, headers, message, aborted),
            new MemberConnection(caller, forwarded),
            aborted
        );
        await exchange.Response.Started;
        cancellationToken.ThrowIfCancellationRequested();
        var response = exchange.Response;
        if (!response.HasStarted)
        {
            return new MemberReply(0, "", default, "broken_off");
        }

        var reply = new MemberReply(response.StatusCode, exchange.OwnReason, default, "no_answer")
        {
            Session = response.Headers[McpHeaders.Session].ToString(),
        };
        var isStream = response
            .Headers.ContentType.ToString()
            .StartsWith(EventStream.MediaType, StringComparison.Ordinal);
        var body = new AnswerBody(response.Reader, MaxAnswerBytes, TryReserve);
        JsonElement answer = default;
        var found = await body.FindAsync(
            isStream,
            bytes => TryRead(exchange, member, bytes, number, out answer),
            cancellationToken
        );
        cancellationToken.ThrowIfCancellationRequested();
        return found.IsEmpty
            ? reply with
            {
                Problem =
                    body.IsTooLong ? "answer_too_large"
                    : response.IsCut || body.IsUnfinished ? "broken_off"
                    : "no_answer",
            }
            : reply with
            {
                Message = answer,
            };
    }

    // False for messages that are not the response to the request, and for those that cannot be read.
    private static bool TryRead(
        InProcessExchange exchange,
        Route member,
        ReadOnlyMemory<byte> bytes,
        int number,
        out JsonElement answer
    )
    {
        answer = default;
        if (
            bytes.Length > JsonValues.MostOfAnswer
            && JsonValues.Count(bytes.Span, JsonValues.MostOfAnswer) > JsonValues.MostOfAnswer
        )
        {
            return false; // the tree would need too much memory
        }

        try
        {
            answer = JsonElement.Parse(bytes.Span);
        }
        catch (JsonException)
        {
            return false;
        }

        if (answer.ValueKind != JsonValueKind.Object || !answer.TryGetProperty("id"u8, out var id))
        {
            return false;
        }

        if (!answer.TryGetProperty("method"u8, out _))
        {
            return exchange.OwnReason.Length > 0
                || (MessageId.TryReadNumber(JsonMarshal.GetRawUtf8Value(id), out var its) && its == number);
        }

        if (exchange.IsRunning)
        {
            // The agent cannot answer a question to the caller.
            member.Upstream.RefuseServerRequest(exchange.Exchange, member, JsonMarshal.GetRawUtf8Value(id).ToArray());
        }

        return false;
    }

    private bool TryReserve(int bytes)
    {
        if (!budget.TryReserve(owner, bytes))
        {
            return false;
        }

        Interlocked.Add(ref reserved, bytes);
        return true;
    }
}
