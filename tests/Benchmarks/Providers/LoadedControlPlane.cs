using System.Collections.Concurrent;
using System.Globalization;
using System.IO.Pipelines;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using System.Threading.Channels;
using Culvert.Benchmarks.Servers;
using Culvert.Testing.LongPoll;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;

namespace Culvert.Benchmarks.Providers;

/// <summary>
/// A provider's control plane under load, in this process: a queue that every agent of the tunnel polls. Callers wait for their
/// answers without a protocol of their own, so that the agent is what is measured.
/// </summary>
internal sealed class LoadedControlPlane : IAsyncDisposable
{
    private const string IdPlaceholder = "CALL-ID";

    private readonly Channel<ProviderCall> queue = Channel.CreateUnbounded<ProviderCall>();
    private readonly ConcurrentDictionary<string, ProviderCall> pending = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, int> polling = new(StringComparer.Ordinal);
    private readonly WebApplication host;
    private readonly X509Certificate2 certificate;
    private readonly TimeProvider time;
    private long lastId;
    private int repeated;

    private LoadedControlPlane(int port, X509Certificate2 certificate, TimeProvider time)
    {
        (this.certificate, this.time) = (certificate, time);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
            kestrel.Listen(IPAddress.Loopback, port, listen => listen.UseHttps(certificate))
        );
        host = builder.Build();
        host.Run(context => HttpMethods.IsGet(context.Request.Method) ? PollAsync(context) : AnswerAsync(context));
    }

    /// <summary>Answers to calls that were not pending: answered before, or never made.</summary>
    public int Repeated => Volatile.Read(ref repeated);

    /// <summary>Calls that have no answer yet.</summary>
    public int Pending => pending.Count;

    /// <summary>Calls that no agent has yet.</summary>
    public int Queued => queue.Reader.Count;

    /// <summary>The agents of which a poll is held now, by the id that each process gives itself.</summary>
    public IReadOnlyCollection<string> Polling => [.. polling.Where(agent => agent.Value > 0).Select(a => a.Key)];

    public static async Task<LoadedControlPlane> StartAsync(
        int port,
        string certificate,
        string key,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        var plane = new LoadedControlPlane(port, X509Certificate2.CreateFromPemFile(certificate, key), time);
        await plane.host.StartAsync(cancellationToken);
        return plane;
    }

    /// <summary>A call of the product, as a template for <see cref="CallAsync"/>. All are of one MCP session.</summary>
    public static string CreateTemplate(string message)
    {
        var command = TunnelCommands.Create(IdPlaceholder, message);
        command["headers"]!["Mcp-Session-Id"] = new System.Text.Json.Nodes.JsonArray("bench-session");
        return command.ToJsonString();
    }

    public Task<AnsweredCall> CallAsync(string template, CancellationToken cancellationToken)
    {
        var id = Interlocked.Increment(ref lastId).ToString(CultureInfo.InvariantCulture);
        var call = new ProviderCall(id, template.Replace(IdPlaceholder, id, StringComparison.Ordinal));
        pending[id] = call;
        queue.Writer.TryWrite(call);
        return call.Answered.WaitAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var call in pending.Values)
        {
            call.Fail(new OperationCanceledException("The control plane stops."));
        }

        await host.DisposeAsync();
        certificate.Dispose();
    }

    private async Task PollAsync(HttpContext context)
    {
        var agent = context.Request.Headers["X-Tunnel-Client-Instance-Id"].ToString();
        polling.AddOrUpdate(agent, 1, (_, count) => count + 1);
        try
        {
            var calls = await TakeAsync(context);
            if (calls.Count == 0)
            {
                context.Response.StatusCode = StatusCodes.Status204NoContent;
                return;
            }

            var body = $$"""{"commands":[{{string.Join(',', calls.Select(call => call.Command))}}]}""";
            context.Response.ContentType = "application/json";
            var now = time.GetTimestamp();
            calls.ForEach(call => call.DeliveredAt = now);
            await context.Response.WriteAsync(body, context.RequestAborted);
        }
        finally
        {
            polling.AddOrUpdate(agent, 0, (_, count) => count - 1);
        }
    }

    private async Task<List<ProviderCall>> TakeAsync(HttpContext context)
    {
        var limit = GetNumber(context, "limit");
        List<ProviderCall> calls = [];
        using var held = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        held.CancelAfter(TimeSpan.FromMilliseconds(GetNumber(context, "timeout_ms")));
        try
        {
            do
            {
                await queue.Reader.WaitToReadAsync(held.Token);
                while (calls.Count < limit && queue.Reader.TryRead(out var call))
                {
                    calls.Add(call);
                }
            } while (calls.Count == 0); // another agent was faster
        }
        catch (OperationCanceledException) when (!context.RequestAborted.IsCancellationRequested)
        {
            // Nothing came in time.
        }

        if (context.RequestAborted.IsCancellationRequested)
        {
            calls.ForEach(call => queue.Writer.TryWrite(call)); // the agent has left
        }

        return calls;
    }

    private async Task AnswerAsync(HttpContext context)
    {
        var receivedAt = time.GetTimestamp();
        var body = await ReadAsync(context.Request.BodyReader, context.RequestAborted);
        using var answer = JsonDocument.Parse(body);
        var id = answer.RootElement.GetProperty("request_id").GetString()!;
        if (
            context.Request.Headers[TunnelCommands.ShardTokenHeader].ToString() != TunnelCommands.GetShardToken(id)
            || !pending.TryRemove(id, out var call)
        )
        {
            Interlocked.Increment(ref repeated);
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            await context.Response.WriteAsync("""{"error":{"code":"pending_request_not_found"}}""");
            return;
        }

        call.Finish(
            new AnsweredCall(
                answer.RootElement.GetProperty("resp_code").GetInt32(),
                time.GetElapsedTime(call.DeliveredAt, receivedAt) - GetServerTime(answer.RootElement)
            )
        );
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync("""{"status":"ok"}""", context.RequestAborted);
    }

    private TimeSpan GetServerTime(JsonElement answer) =>
        answer.TryGetProperty("resp_json", out var message)
        && message.TryGetProperty("result", out var result)
        && result.TryGetProperty("_meta", out var meta)
            ? time.GetElapsedTime(0, meta.GetProperty(EchoUpstream.Took).GetInt64())
            : TimeSpan.Zero;

    private static async Task<byte[]> ReadAsync(PipeReader reader, CancellationToken cancellationToken)
    {
        while (true)
        {
            var read = await reader.ReadAsync(cancellationToken);
            if (read.IsCompleted)
            {
                var body = new byte[read.Buffer.Length];
                System.Buffers.BuffersExtensions.CopyTo(read.Buffer, body);
                reader.AdvanceTo(read.Buffer.End);
                return body;
            }

            reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    private static int GetNumber(HttpContext context, string name) =>
        int.Parse(context.Request.Query[name].ToString(), CultureInfo.InvariantCulture);
}
