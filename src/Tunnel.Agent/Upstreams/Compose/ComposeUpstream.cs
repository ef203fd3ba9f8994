using System.Buffers;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Culvert.Platform.Mcp;
using Culvert.Tunnel.Agent.Mcp;
using Culvert.Tunnel.Agent.Requests;
using Culvert.Tunnel.Agent.Routing;
using Culvert.Tunnel.Agent.Telemetry;
using Culvert.Tunnel.Agent.Upstreams.Compose.Sql;
using Culvert.Tunnel.Agent.Upstreams.Probing;

namespace Culvert.Tunnel.Agent.Upstreams.Compose;

/// <summary>A server whose tools call tools of other routes for their callers, and return what the operator selects.</summary>
/// <param name="pipeline">Null in a trial outside the running agent, which makes no calls.</param>
internal sealed class ComposeUpstream(
    ComposeSettings settings,
    IMemberPipeline? pipeline,
    AgentMetrics metrics,
    TimeProvider time,
    ILogger logger
) : AgentServer(ServerName, settings.Path, MaxCalls, metrics, time, logger)
{
    private const string ServerName = "culvert-compose";
    private const int MaxCalls = 64;

    private readonly ConditionalWeakTable<Upstream, MemberServer> servers = [];
    private readonly BodyBudget answers = new();
    private readonly ReadOnlyMemory<byte> definitions = WriteDefinitions(settings.Tools);

    public override ComposeSettings Settings => settings;

    // Arguments have no limit of their own: the schema of the tool decides.
    protected override long MaxMessageBytes => 1 << 20;

    /// <summary>The server runs as long as the agent does. Its members are probed as routes of their own.</summary>
    public override Task<ProbeState> ProbeAsync(Route route, CancellationToken cancellationToken) =>
        Task.FromResult(new ProbeState(true, "") { KeepsSessions = false });

    public override Task<McpSession> OpenSessionAsync(
        Route route,
        bool isModern,
        CancellationToken cancellationToken
    ) => Task.FromResult(new McpSession(new OwnTransport(this, isModern), OwnRequests.Name, isModern));

    /// <summary>The tools that cannot be called now, each with the first member's tool that prevents it, and why.</summary>
    public static IReadOnlyList<string> FindUnavailable(Route route) =>
        route.Upstream.Settings is ComposeSettings settings
            ?
            [
                .. settings
                    .Tools.Select(t => (t.Name, Problem: FindProblem(route, t)))
                    .Where(t => t.Problem is not null)
                    .Select(t => $"{route.Name}/{t.Name} needs {t.Problem}"),
            ]
            : [];

    protected override ValueTask EndAsync() => ValueTask.CompletedTask;

    protected override ReadOnlyMemory<byte> GetDefinitions(Exchange exchange) => definitions;

    protected override async ValueTask<ReadOnlyMemory<byte>?> CallAsync(
        Exchange exchange,
        Route route,
        McpMessage message,
        bool isModern,
        CancellationToken cancellationToken
    )
    {
        if (settings.Tools.FirstOrDefault(t => t.Name == message.Name) is not { } tool)
        {
            return null;
        }

        if (FindProblem(route, tool) is { } problem)
        {
            return await RefuseAsync(
                exchange,
                route,
                message,
                ComposeFailures.Unavailable,
                new FailedStep("", problem)
            );
        }

        if (!TryReadArguments(message, out var arguments))
        {
            var unreadable = new FailedStep("", "The arguments are not one JSON object without repeated names.");
            return await RefuseAsync(exchange, route, message, ComposeFailures.Arguments, unreadable);
        }

        var id = RequestIds.Next();
        using var members = new MemberCalls(
            pipeline ?? throw new InvalidOperationException("A trial makes no calls."),
            exchange,
            route,
            tool,
            id,
            upstream => servers.GetValue(upstream, static _ => new MemberServer()),
            answers
        );
        try
        {
            var answer = await ComposedCall.RunAsync(
                tool,
                arguments,
                ReadClaims(exchange, tool),
                members,
                Time,
                cancellationToken
            );
            return answer.Failure is { } failure ? await RefuseAsync(exchange, route, message, failure)
                : answer.IsWhole ? PassOn(message, isModern, answer.Finding)
                : AgentServerAnswers.Tool(message, isModern, answer.Finding);
        }
        finally
        {
            exchange.Composition = new Composition(id) { Calls = members.Made };
        }
    }

    // One level of composition: a member is not composed itself, so that its own state is all that matters.
    private static string? FindProblem(Route route, ComposedTool tool)
    {
        foreach (var step in tool.Steps)
        {
            var policy = route.Members.FirstOrDefault(m => m.Name == step.Route)?.Policy;
            var reason = policy?.Closure?.Reason ?? policy?.Pins?.FindDenial(TargetKind.Tool, step.Tool);
            if (reason is not null)
            {
                return $"{step.Call} ({reason})";
            }
        }

        return null;
    }

    private static bool TryReadArguments(McpMessage message, out JsonElement arguments)
    {
        arguments = default;
        if (message.Has(MessageErrors.Duplicate))
        {
            return false;
        }

        try
        {
            arguments = message.Arguments.IsEmpty ? default : JsonElement.Parse(message.Arguments.Span);
            return arguments.ValueKind is JsonValueKind.Undefined or JsonValueKind.Object;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static Dictionary<string, SqlValue> ReadClaims(Exchange exchange, ComposedTool tool)
    {
        var claims = new Dictionary<string, SqlValue>(StringComparer.Ordinal);
        foreach (var name in tool.Claims)
        {
            if (Caller.From(exchange).Claims.TryFind(name, out var value) && ToSql(value) is { } single)
            {
                claims[name] = single;
            }
        }

        return claims;
    }

    private static SqlValue? ToSql(ClaimValue claim) =>
        claim.Kind switch
        {
            ClaimValueKind.Text => SqlValue.FromText(claim.Text),
            ClaimValueKind.Integer
                when long.TryParse(
                    claim.Text,
                    NumberStyles.AllowLeadingSign,
                    CultureInfo.InvariantCulture,
                    out var n
                ) => SqlValue.FromInteger(n),
            _ => null,
        };

    private Task<ReadOnlyMemory<byte>> RefuseAsync(
        Exchange exchange,
        Route route,
        McpMessage message,
        ComposeFailure failure
    )
    {
        if (failure.ConnectPage is { } page)
        {
            return RefuseAsync(
                exchange,
                route,
                message,
                ConnectionDialogue.Refuse(exchange, ConnectionDialogue.Read(exchange), page),
                new FailedStep(failure.Step, failure.Detail)
            );
        }

        var known = Failures.Get(failure.Code);
        return RefuseAsync(
            exchange,
            route,
            message,
            failure.Ticket is { } ticket
                ? known with
                {
                    Ticket = ticket,
                    Message =
                        failure.Detail == ApprovalFailures.Rejected.Reason
                            ? $"A person has rejected the step {failure.Step}: ticket {ticket.Id}."
                            : $"A person has to approve the step {failure.Step}: ticket {ticket.Id}. Repeat the call after approval.",
                }
                : known,
            new FailedStep(failure.Step, failure.Detail)
        );
    }

    // Empty: the call is answered.
    private async Task<ReadOnlyMemory<byte>> RefuseAsync(
        Exchange exchange,
        Route route,
        McpMessage message,
        Failure failure,
        FailedStep step
    )
    {
        var detail = step.Name.Length > 0 ? $"{step.Name}: {step.Detail}" : step.Detail;
        var id = message.Id.ToArray(); // outlives the body
        await Refusals.RefuseAsync(exchange, route.Name, failure with { Step = step }, detail, id: id);
        return default;
    }

    // The member's whole result. The agent's own revision says whether there is a type of result.
    private static ReadOnlyMemory<byte> PassOn(McpMessage message, bool isModern, ReadOnlyMemory<byte> result) =>
        AgentServerAnswers.Result(
            message,
            isModern,
            json =>
            {
                foreach (var member in JsonElement.Parse(result.Span).EnumerateObject())
                {
                    if (!member.NameEquals("resultType"u8))
                    {
                        member.WriteTo(json);
                    }
                }
            }
        );

    private static ReadOnlyMemory<byte> WriteDefinitions(IReadOnlyList<ComposedTool> tools)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartArray();
            foreach (var tool in tools)
            {
                tool.WriteDefinition(json);
            }

            json.WriteEndArray();
        }

        return buffer.WrittenMemory;
    }

    /// <summary>Answers the agent's own reading of the definitions, for pins.</summary>
    private sealed class OwnTransport(ComposeUpstream server, bool isModern) : IMcpTransport
    {
        public bool? HasSession => false;

        public Task<McpAnswer> SendAsync(
            string method,
            ReadOnlyMemory<byte> message,
            CancellationToken cancellationToken
        ) =>
            Task.FromResult(
                new McpAnswer(server.Answer(MessageReader.Read(message), isModern, server.definitions) ?? default)
            );

        public Task EndAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
