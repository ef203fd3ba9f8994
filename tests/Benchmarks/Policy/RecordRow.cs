using System.Runtime.CompilerServices;
using Culvert.Benchmarks.Figures;
using Culvert.Tunnel.Agent.Audit;
using Culvert.Tunnel.Agent.Mcp;
using Culvert.Tunnel.Agent.Policy;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;

namespace Culvert.Benchmarks.Policy;

/// <summary>
/// <c>policy.record.*</c>: what a record of a call costs alone: reading the message, making the record, and writing and
/// chaining its line. Each in microseconds and in bytes that it allocates. <c>policy.record.durable</c>: how many records a
/// second the disk has, written and flushed as the agent does it.
/// </summary>
internal sealed class RecordRow(string folder, TimeProvider time)
{
    private const int PerRound = 20_000;
    private const int PerBatch = 250; // as many as come between two writes of a busy agent
    private const int Rounds = 9;
    private const int DurablePerRound = 200_000; // a flush every 100 ms is a small part of that
    private const int MaxDepth = 64;

    private static readonly ReadOnlyMemory<byte> Body =
        """{"jsonrpc":"2.0","id":77,"method":"tools/call","params":{"name":"echo","arguments":{"message":"hello","count":3}}}"""u8.ToArray();

    private static readonly HeaderDictionary Headers = new() { ["MCP-Protocol-Version"] = "2025-11-25" };

    /// <summary>Measures each figure when it is read.</summary>
    public async IAsyncEnumerable<Figure> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (
            var figure in Measure("read", Read(MessageReader.Read), Read(MessageReader.ReadWithCare), cancellationToken)
        )
        {
            yield return figure;
        }

        Directory.CreateDirectory(folder);
        using var trail = new AuditTrail(
            AuditSettings.Default with
            {
                DiskReserve = 0,
                Keep = 2, // the disk has no more use of them
            },
            new AuditFolder(folder, "calls.jsonl"),
            "agent-1",
            "0.1.0",
            time,
            NullLogger<AuditTrail>.Instance
        );
        var message = MessageReader.Read(Body);
        var head = MessageHead.Read(Headers, message);
        var added = 0;
        void Add()
        {
            trail.TryReserve(mustBeKept: false);
            trail.Add(RecordOf(message, head));
            if (++added % PerBatch == 0)
            {
                trail.WriteQueued();
            }
        }

        foreach (var figure in Measure("write", Add, null, cancellationToken))
        {
            yield return figure;
        }

        yield return await MeasureDurableAsync(trail, () => RecordOf(message, head), cancellationToken);
    }

    // From the first record to the flush that covers the last one.
    private async Task<Figure> MeasureDurableAsync(
        AuditTrail trail,
        Func<CallRecord> record,
        CancellationToken cancellationToken
    )
    {
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var writing = Task.Run(() => trail.RunAsync(stopping.Token), CancellationToken.None);
        List<double> rates = [];
        for (var round = -1; round < Rounds; round++)
        {
            var last = trail.Sequence + DurablePerRound;
            var started = time.GetTimestamp();
            for (var i = 0; i < DurablePerRound; i++)
            {
                while (!trail.TryReserve())
                {
                    await WaitAsync(); // as many wait as may
                }

                trail.Add(record());
            }

            while (trail.Durable < last)
            {
                await WaitAsync();
            }

            if (round >= 0)
            {
                rates.Add(DurablePerRound / time.GetElapsedTime(started).TotalSeconds);
            }
        }

        await stopping.CancelAsync();
        await writing;
        return Figure.OfValue("policy.record.durable", "1/s", rates);

        Task WaitAsync() => Task.Delay(TimeSpan.FromMilliseconds(1), time, cancellationToken);
    }

    // As the policy does it for every call.
    private static Action Read(Func<ReadOnlyMemory<byte>, McpMessage> reader) =>
        () =>
        {
            var message = reader(Body);
            PolicyMessage.FindFailure(message, MessageHead.Read(Headers, message), MaxDepth);
            _ = message.Id.ToArray();
        };

    private IEnumerable<Figure> Measure(string name, Action act, Action? floor, CancellationToken cancellationToken)
    {
        var measured = new List<(double Micros, double Bytes)>();
        var compared = new List<(double Micros, double Bytes)>();
        for (var round = -3; round < Rounds; round++) // the first ones are the compiler's
        {
            cancellationToken.ThrowIfCancellationRequested();
            var result = Repeat(act);
            var other = floor is null ? default : Repeat(floor);
            if (round >= 0)
            {
                measured.Add(result);
                compared.Add(other);
            }
        }

        yield return Figure.OfValue(
            $"policy.record.{name}",
            "us",
            [.. measured.Select(r => r.Micros)],
            floor is null ? null : [.. compared.Select(r => r.Micros)]
        );
        yield return Figure.OfValue(
            $"policy.record.{name}_bytes",
            "B",
            [.. measured.Select(r => r.Bytes)],
            floor is null ? null : [.. compared.Select(r => r.Bytes)]
        );
    }

    private (double Micros, double Bytes) Repeat(Action act)
    {
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        var started = time.GetTimestamp();
        for (var i = 0; i < PerRound; i++)
        {
            act();
        }

        var micros = time.GetElapsedTime(started).TotalMicroseconds / PerRound;
        return (micros, (GC.GetAllocatedBytesForCurrentThread() - allocated) / (double)PerRound);
    }

    private CallRecord RecordOf(McpMessage message, MessageHead head) =>
        new()
        {
            Time = time.GetUtcNow(),
            Route = "docs",
            Host = "docs.tunnel.example.com",
            Connection = "0HNH8VQ1B2C3D",
            Era = "legacy",
            Protocol = head.Version,
            Id = message.Id,
            Method = message.Method,
            Kind = "tool",
            Name = message.Name,
            Mode = "record",
            PolicyVersion = "0123456789abcdef",
            Decision = "allow",
            Reason = "no_policy",
            Auth = "none",
            Upstream = "http://127.0.0.1:9000/mcp",
            Credential = "none",
            Arguments = message.Arguments,
            RequestBytes = Body.Length,
            ResponseBytes = 220,
            Status = 200,
            DurationMs = 0.4321,
            UpstreamMs = 0.3219,
            End = "completed",
        };
}
