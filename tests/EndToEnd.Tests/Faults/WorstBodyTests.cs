using System.Globalization;
using System.Text;
using Culvert.EndToEnd.Tests.Harness;
using Culvert.Stage.Hops;
using Shouldly;
using Xunit;

namespace Culvert.EndToEnd.Tests.Faults;

/// <summary>
/// One caller sends the bodies that cost the most to read, as many at once as fill what the agent holds of all bodies, to an
/// agent with the memory that the shipped manifests give it: each gets a documented refusal or its answer, the process lives,
/// and another caller is served.
/// </summary>
[Collection(HeapLimitSystemCollection.Name)]
[Trait("Level", "full")]
[Trait("Machine", "alone")] // it asserts a time
public sealed class WorstBodyTests(HeapLimitSystem system) : CountingSystemTest(system)
{
    private const int AtOnce = 15;

    /// <summary>What was not given back after the first is missing in the next.</summary>
    private const int Rounds = 2;

    /// <summary>Just below what a policy reads (4 MiB).</summary>
    private const int BodyBytes = 4_000_000;

    private const string Crowded = "HTTP/1.1 503 agent.bodies_crowded";

    /// <summary>No call of another caller takes longer, unless the machine stopped.</summary>
    private static readonly TimeSpan Served = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <param name="kind">What the body is full of.</param>
    /// <param name="outcome">The status of a body that is read whole, and the reason of its refusal.</param>
    [Theory]
    [InlineData("nested arrays", "HTTP/1.1 400 policy.message_not_json")]
    [InlineData("small values", "HTTP/1.1 413 policy.message_too_large")]
    [InlineData("one name", "HTTP/1.1 400 policy.message_duplicate_key")]
    [InlineData("many names", "HTTP/1.1 200")]
    [InlineData("a batch", "HTTP/1.1 400 policy.message_batch")]
    [InlineData("escapes", "HTTP/1.1 200 policy.arguments")]
    public async Task WorstBodies_AsManyAsAreHeld_AreRefusedAndAnotherCallerIsServed(string kind, string outcome)
    {
        Standstill.Watch();
        await UntilWholeAsync();
        var agent = Installation.Agent.Process;
        var before = agent.Stamp;
        var (endpoint, provider) = (Installation.Endpoint, Installation.IdentityProvider);
        var token = await Installation.TokenAsync(endpoint, Cancel);
        var other = await provider.McpTokenAsync(IdentityProvider.OperatorClient, endpoint, Cancel);
        var body = Encoding.ASCII.GetBytes(Body(kind));
        var begun = TimeProvider.System.GetUtcNow();

        var attack = AttackAsync(body, token);
        var taken = await CallUntilAsync(attack, other);
        var outcomes = await attack;

        Figure(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{AtOnce} bodies of 4 MB at once, {kind}: {outcomes.Count(one => one == Crowded)} of {outcomes.Count} crowded, another caller's {taken.Count} calls took at most {taken.Max().TotalMilliseconds:0} ms"
            )
        );
        outcomes.ShouldAllBe(one => one == outcome || one == Crowded);
        (await SendAsync(body, token, new TaskCompletionSource(), Task.CompletedTask)).ShouldBe(outcome);
        agent.IsAlive.ShouldBeTrue();
        agent.Stamp.ShouldBe(before);
        (await File.ReadAllTextAsync(agent.LogFile, Cancel)).ShouldNotContain("OutOfMemoryException");
        if (!Standstill.HasTouched(begun))
        {
            taken.Where(one => one > Served).ShouldBeEmpty();
        }
    }

    private async Task<IReadOnlyList<string>> AttackAsync(byte[] body, string token)
    {
        List<string> outcomes = [];
        for (var round = 0; round < Rounds; round++)
        {
            // Read whole at one moment: no last byte is sent before all others are there or refused.
            TaskCompletionSource[] reached = [.. Enumerable.Range(0, AtOnce).Select(_ => new TaskCompletionSource())];
            var all = Task.WhenAll(reached.Select(one => one.Task));
            outcomes.AddRange(
                await Task.WhenAll(reached.Select(one => Task.Run(() => SendAsync(body, token, one, all), Cancel)))
            );
        }

        return outcomes;
    }

    /// <summary>The status and the reason that a body gets.</summary>
    private async Task<string> SendAsync(byte[] body, string token, TaskCompletionSource reached, Task all)
    {
        TunnelConnection? connection = null;
        try
        {
            Task<string> answering;
            try
            {
                connection = await TunnelConnection.OpenAsync(System, Cancel);
                answering = connection.ReceiveAsync(Cancel);
                var head =
                    $"POST /mcp HTTP/1.1\r\nHost: {Installation.Endpoint.Authority}\r\nAuthorization: Bearer {token}\r\n"
                    + "Accept: application/json, text/event-stream\r\nContent-Type: application/json\r\n"
                    + $"Content-Length: {body.Length}\r\n\r\n";
                var sending = WriteAsync(connection, Encoding.ASCII.GetBytes(head), body.AsMemory(0, body.Length - 1));
                await Task.WhenAny(sending, answering);
            }
            finally
            {
                reached.TrySetResult();
            }

            await all;
            if (!answering.IsCompleted)
            {
                await WriteAsync(connection, body.AsMemory(body.Length - 1));
            }

            return OutcomeOf(await answering);
        }
        finally
        {
            if (connection is not null)
            {
                await connection.DisposeAsync();
            }
        }
    }

    // A refused body need not be taken to its end: the answer says what became of it.
    private static async Task WriteAsync(TunnelConnection connection, params ReadOnlyMemory<byte>[] parts)
    {
        try
        {
            foreach (var part in parts)
            {
                await connection.Tls.WriteAsync(part, Cancel);
            }

            await connection.Tls.FlushAsync(Cancel);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or InvalidOperationException)
        {
            // It was refused meanwhile.
        }
    }

    /// <summary>How long each call of another caller took.</summary>
    private async Task<IReadOnlyList<TimeSpan>> CallUntilAsync(Task end, string token)
    {
        List<TimeSpan> taken = [];
        await using var connection = await TunnelConnection.OpenAsync(System, Cancel);
        do
        {
            var begun = TimeProvider.System.GetTimestamp();
            (await connection.CallAsync("quick:other", Cancel, token: token)).ShouldContain("Echo: quick:other");
            taken.Add(TimeProvider.System.GetElapsedTime(begun));
            await Task.Delay(Pause, TimeProvider.System, Cancel);
        } while (!end.IsCompleted);

        return taken;
    }

    private static string OutcomeOf(string answer)
    {
        const string Reason = "culvert-reason: ";
        var head = answer[..answer.IndexOf("\r\n\r\n", StringComparison.Ordinal)].Split("\r\n");
        var reason = head.FirstOrDefault(line => line.StartsWith(Reason, StringComparison.OrdinalIgnoreCase));
        return $"{head[0][.."HTTP/1.1 200".Length]} {reason?[Reason.Length..]}".TrimEnd();
    }

    private static string Body(string kind) =>
        kind switch
        {
            "nested arrays" => Call("quick:worst", Filled("[", 2) + Filled("]", 2)),
            "small values" => Call("quick:worst", "[" + Filled("0,") + "0]"),
            // So long that there are not too many of them.
            "one name" => Call("quick:worst", "{" + Filled($"\"{new string('n', 40)}\":0,") + "\"last\":0}"),
            "many names" => Call(
                "quick:worst",
                "{" + string.Concat(Enumerable.Range(0, 80_000).Select(Member)) + "\"last\":0}"
            ),
            "a batch" => "[" + Filled($"{{\"m\":\"{new string('m', 180)}\"}},") + "{}]",
            "escapes" => Call("quick:" + Filled("\\u0061"), "0"),
            _ => throw new ArgumentOutOfRangeException(nameof(kind)),
        };

    private static string Member(int number) => string.Create(CultureInfo.InvariantCulture, $"\"{number:D40}\":0,");

    private static string Call(string message, string further) =>
        """{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"echo","arguments":{"message":"""
        + $"\"{message}\",\"x\":{further}"
        + "}}}";

    /// <summary>As many pieces as fill a body, or one of its parts.</summary>
    private static string Filled(string piece, int parts = 1) =>
        new StringBuilder().Insert(0, piece, ((BodyBytes / parts) - 1024) / piece.Length).ToString();
}
