using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Culvert.Platform.Certificates;
using Culvert.Testing.Api;
using Culvert.Testing.LongPoll;
using Culvert.Tunnel.Agent.Tests.Support;

namespace Culvert.Tunnel.Agent.Tests.LongPoll;

/// <summary>
/// A provider's control plane on a real socket, written from the description of its protocol: a queue of commands that any
/// agent of the tunnel may take, forced statuses, and gates instead of sleeps.
/// </summary>
internal sealed class ControlPlaneDouble : IAsyncDisposable
{
    public const string TunnelId = TunnelCommands.TunnelId;

    private const string KnownTunnel = $$"""{"id":"{{TunnelId}}","name":"docs","description":""}""";
    private const string NoCommands = """{"commands":[]}""";
    private const string Taken = """{"status":"ok"}""";
    private const string Json = "application/json";

    // Its paths may have something before them.
    private const string Root = "/v1/tunnels/";

    private static readonly Lazy<ApiDescription> Api = new(() =>
        ApiDescription.Read("tests/Testing/Api/control-plane.json", allowsDuplicates: true)
    );

    private readonly DoubleCheck check = new(Api.Value);
    private readonly RawUpstream server;
    private readonly Channel<JsonNode> commands = Channel.CreateUnbounded<JsonNode>();
    private readonly ConcurrentQueue<string> forcedPolls = [];
    private readonly ConcurrentQueue<string> forcedAnswers = [];
    private readonly Channel<ReceivedAnswer> answers = Channel.CreateUnbounded<ReceivedAnswer>();
    private readonly Channel<RecordedRequest> polls = Channel.CreateUnbounded<RecordedRequest>();
    private readonly Channel<RecordedRequest> reads = Channel.CreateUnbounded<RecordedRequest>();
    private int lastId;
    private int delivering;
    private int polling;

    /// <param name="certificate">Its own; null: it speaks no TLS.</param>
    /// <param name="shown">Told the serial of each agent's certificate.</param>
    public ControlPlaneDouble(KeyAndCertificate? certificate = null, Action<string>? shown = null) =>
        server = certificate is null
            ? RawUpstream.Scripted(AnswerAsync)
            : RawUpstream.ScriptedOverTls(AnswerAsync, certificate, shown);

    public int Port => server.Port;

    public int Polls { get; private set; }

    /// <summary>Commands that were sent to an agent.</summary>
    public int Delivered { get; private set; }

    /// <summary>Whether a poll has passed the gate and is not answered yet.</summary>
    public bool IsDelivering => Volatile.Read(ref delivering) > 0;

    /// <summary>Whether a poll waits before the gate, and none is behind it.</summary>
    public bool IsPolled => !IsDelivering && Volatile.Read(ref polling) > 0;

    /// <summary>Awaited before a poll is answered, where it is set.</summary>
    public Task Gate { get; set; } = Task.CompletedTask;

    /// <summary>How a request for the tunnel itself is answered.</summary>
    public int TunnelStatus { get; set; } = 200;

    /// <summary>Another one is that of a broken control plane, or of another server.</summary>
    public string TunnelBody { get; set; } = KnownTunnel;

    /// <summary>The next request for the tunnel itself.</summary>
    public ValueTask<RecordedRequest> NextReadAsync() => reads.Reader.ReadAsync(TestContext.Current.CancellationToken);

    /// <summary>An empty poll is answered by 200 and an empty list instead of 204.</summary>
    public bool AnswersEmptyWithList { get; init; }

    /// <summary>A command with all that it must have.</summary>
    /// <param name="message">Of MCP.</param>
    /// <param name="type">Of the command.</param>
    /// <param name="change">What the test is about.</param>
    /// <param name="isBroken">No control plane sends a command so.</param>
    public string Enqueue(
        string? message = null,
        string type = "jsonrpc",
        Action<JsonObject>? change = null,
        bool isBroken = false
    )
    {
        var id = $"req-{Interlocked.Increment(ref lastId)}";
        var command = TunnelCommands.Create(id, message, type);
        change?.Invoke(command);
        if (!isBroken)
        {
            // The message is opaque: it may be what no reader takes.
            var shown = command.DeepClone().AsObject();
            shown.Remove("jsonrpc");
            var poll = new JsonObject { ["commands"] = new JsonArray(shown) };
            Api.Value.FindInDouble("GET", $"{Root}{TunnelId}/poll", 200, Json, poll.ToJsonString()).ShouldBeEmpty();
        }

        commands.Writer.TryWrite(command);
        return id;
    }

    /// <summary>The next poll is answered so, be it as no control plane answers; queued commands stay.</summary>
    public void ForcePoll(string response) => forcedPolls.Enqueue(response);

    public void ForcePoll(int status, string body = "{}", string headers = "") =>
        ForcePoll(Format(status, body, headers));

    /// <summary>The next answer is received, and answered so.</summary>
    public void ForceAnswer(int status, string body = "{}", string headers = "") =>
        forcedAnswers.Enqueue(Format(status, body, headers));

    /// <summary>The next answer is received, and its connection closed.</summary>
    public void CloseAtAnswer() => forcedAnswers.Enqueue("");

    public ValueTask<ReceivedAnswer> NextAnswerAsync() =>
        answers.Reader.ReadAsync(TestContext.Current.CancellationToken);

    public bool HasAnswer => answers.Reader.TryPeek(out _);

    public ValueTask<RecordedRequest> NextPollAsync() => polls.Reader.ReadAsync(TestContext.Current.CancellationToken);

    /// <summary>Waits until as many further polls have begun.</summary>
    public async Task WaitForPollsAsync(int count)
    {
        for (var i = 0; i < count; i++)
        {
            await NextPollAsync();
        }
    }

    /// <exception cref="InvalidOperationException">An agent spoke to it as the protocol does not have it.</exception>
    public async ValueTask DisposeAsync()
    {
        await server.DisposeAsync();
        check.ThrowIfAny();
    }

    public static string Format(int status, string body, string headers = "") =>
        $"HTTP/1.1 {status} Status\r\nContent-Type: application/json\r\nX-Request-Id: plane-1\r\n{headers}"
        + $"Content-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}";

    private async Task<bool> AnswerAsync(RecordedRequest request, Stream stream, CancellationToken stop)
    {
        var (method, path) = GetTarget(request);
        check.Receive(
            method,
            path,
            request.Header("Content-Type").FirstOrDefault(),
            Encoding.UTF8.GetString(request.Body)
        );
        if (request.RequestLine.StartsWith("GET", StringComparison.Ordinal))
        {
            return request.RequestLine.Contains("/poll?", StringComparison.Ordinal)
                ? await AnswerPollAsync(request, stream, stop)
                : await AnswerTunnelAsync(request, stream, stop);
        }

        answers.Writer.TryWrite(new ReceivedAnswer(request));
        if (!forcedAnswers.TryDequeue(out var response))
        {
            check.Answer(method, path, 200, Json, Taken);
            response = Format(200, Taken);
        }

        await stream.WriteAsync(Encoding.UTF8.GetBytes(response), stop);
        return response.Length > 0;
    }

    private static (string Method, string Path) GetTarget(RecordedRequest request)
    {
        var parts = request.RequestLine.Split(' ');
        var start = parts[1].IndexOf(Root, StringComparison.Ordinal);
        return (parts[0], start < 0 ? parts[1] : parts[1][start..]);
    }

    // A key that may poll may read the tunnel, too.
    private async Task<bool> AnswerTunnelAsync(RecordedRequest request, Stream stream, CancellationToken stop)
    {
        reads.Writer.TryWrite(request);
        if (TunnelBody == KnownTunnel)
        {
            check.Answer("GET", GetTarget(request).Path, TunnelStatus, Json, TunnelBody);
        }

        await stream.WriteAsync(Encoding.UTF8.GetBytes(Format(TunnelStatus, TunnelBody)), stop);
        return true;
    }

    private async Task<bool> AnswerPollAsync(RecordedRequest request, Stream stream, CancellationToken stop)
    {
        Polls++;
        polls.Writer.TryWrite(request);
        Interlocked.Increment(ref polling);
        await PassGateAsync(stop);
        try
        {
            var response = forcedPolls.TryDequeue(out var forced) ? forced : await DeliverAsync(request, stream, stop);
            await stream.WriteAsync(Encoding.UTF8.GetBytes(response), stop);
            return response.Length > 0;
        }
        finally
        {
            // In this order: where nothing is delivered, each poll that is counted waits before the gate.
            Interlocked.Decrement(ref polling);
            Interlocked.Decrement(ref delivering);
        }
    }

    // The gate may be closed between the wait and what follows it.
    private async Task PassGateAsync(CancellationToken stop)
    {
        while (true)
        {
            await Gate.WaitAsync(stop);
            Interlocked.Increment(ref delivering);
            if (Gate.IsCompleted)
            {
                return;
            }

            Interlocked.Decrement(ref delivering);
        }
    }

    private async Task<string> DeliverAsync(RecordedRequest request, Stream stream, CancellationToken stop)
    {
        var limit = int.Parse(Query(request, "limit"), CultureInfo.InvariantCulture);
        var wait = int.Parse(Query(request, "timeout_ms"), CultureInfo.InvariantCulture);
        var taken = new JsonArray();
        if (
            stream is NetworkStream { Socket: var socket }
            && socket.Poll(0, SelectMode.SelectRead)
            && socket.Available == 0
        )
        {
            return ""; // the agent left while the gate was closed
        }

        using var held = CancellationTokenSource.CreateLinkedTokenSource(stop);
        held.CancelAfter(Math.Min(wait, 200)); // it may answer earlier than it was asked to
        var gone = FollowAsync(stream, held);
        try
        {
            taken.Add(await commands.Reader.ReadAsync(held.Token));
            while (taken.Count < limit && commands.Reader.TryRead(out var more))
            {
                taken.Add(more);
            }
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            if (await gone)
            {
                return "";
            }

            return AnswersEmptyWithList
                ? Format(200, NoCommands)
                : "HTTP/1.1 204 No Content\r\nX-Request-Id: plane-1\r\n\r\n";
        }

        await held.CancelAsync();
        if (await gone)
        {
            foreach (var command in taken)
            {
                commands.Writer.TryWrite(command!.DeepClone());
            }

            return "";
        }

        Delivered += taken.Count;
        return Format(200, new JsonObject { ["commands"] = taken, ["later_member"] = 1 }.ToJsonString());
    }

    // A client that waits for its answer sends nothing: what ends the read is its departure.
    private static async Task<bool> FollowAsync(Stream stream, CancellationTokenSource held)
    {
        try
        {
            var read = await stream.ReadAtLeastAsync(new byte[1], 1, throwOnEndOfStream: false, held.Token);
            await held.CancelAsync();
            return read == 0;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
        catch (IOException)
        {
            await held.CancelAsync();
            return true;
        }
    }

    private static string Query(RecordedRequest request, string name) =>
        request
            .RequestLine.Split(' ')[1]
            .Split('?')[1]
            .Split('&')
            .First(p => p.StartsWith(name + "=", StringComparison.Ordinal))[(name.Length + 1)..];
}
