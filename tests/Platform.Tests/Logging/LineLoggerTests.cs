using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Culvert.Platform.Logging;
using Culvert.Testing;
using Microsoft.Extensions.Logging;
using Shouldly;
using Xunit;

namespace Culvert.Platform.Tests.Logging;

public sealed class LineLoggerTests : IDisposable
{
    private readonly MemoryStream output = new();
    private readonly FakeTimeProvider time = new();

    public void Dispose() => output.Dispose();

    [Fact]
    public void Json_Entry_IsOneObjectWithItsFields()
    {
        Logger(LogFormat.Json).LogInformation(new EventId(7, "Renewed"), "Renewed {Serial} in {DurationMs}", "0a", 12);

        Written()
            .ShouldBe(
                """{"ts":"2026-01-01T00:00:00Z","level":"info","event_id":7,"event":"Renewed","msg":"Renewed 0a in 12","serial":"0a","duration_ms":12,"category":"Test"}"""
                    + "\n"
            );
    }

    [Fact]
    public async Task Json_WhatIsKnownAround_IsNamedOnce()
    {
        using var activity = new Activity("call").Start();
        var logger = Logger(LogFormat.Json, new LogSubject("tnl_1") { AgentId = "agt_1" });
        await AnswerAsync();
        logger.LogInformation("later");

        var lines = Written().Split('\n');
        var trace = activity.TraceId.ToHexString();
        lines[0]
            .ShouldContain(
                $"\"msg\":\"at req_1\",\"request_id\":\"req_1\",\"tunnel_id\":\"tnl_1\",\"agent_id\":\"agt_1\",\"trace_id\":\"{trace}\",\"category\""
            );
        lines[1].ShouldContain("\"request_id\":\"req_own\",\"tunnel_id\":\"tnl_own\"");
        lines[2].ShouldNotContain("\"request_id\""); // the request is over

        async Task AnswerAsync()
        {
            LogContext.RequestId = "req_1";
            await Task.Yield();
            logger.LogInformation("at {RequestId}", "req_1");
            logger.LogInformation("{RequestId} of {TunnelId}", "req_own", "tnl_own");
        }
    }

    [Fact]
    public void Json_HostileText_StaysOneLine()
    {
        Logger(LogFormat.Json).LogWarning("From {Peer}", "x\n{\"level\":\"info\"}\u001b[2J");

        Written().Count(c => c == '\n').ShouldBe(1);
        using var parsed = JsonDocument.Parse(Written());
        parsed.RootElement.GetProperty("peer").GetString().ShouldStartWith("x\n");
    }

    [Fact]
    public void Json_Exception_IsPartOfTheLine()
    {
        Logger(LogFormat.Json).LogError(new InvalidOperationException("boom"), "Failed");

        Written().ShouldContain("\"exception\":\"System.InvalidOperationException: boom\"");
    }

    // A database outage is reported by every loop and request, for as long as it lasts.
    [Fact]
    public void Json_SameErrorAgain_IsOneLineEachMinuteWithItsNumber()
    {
        var logger = Logger(LogFormat.Json);
        for (var second = 0; second < 150; second++)
        {
            logger.LogError(Failure(), "The round failed");
            time.Advance(TimeSpan.FromSeconds(1));
        }

        var lines = Written().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        lines.Length.ShouldBe(3);
        lines[0].ShouldContain(nameof(Failure));
        lines[0].ShouldNotContain("\"repeated\"");
        lines[1].ShouldContain("\"repeated\":59,\"exception\":\"System.InvalidOperationException: boom\"}");
        lines[1].ShouldNotContain(nameof(Failure));
    }

    [Fact]
    public void Json_SameErrorOfManyRequests_IsOneLine()
    {
        var logger = Logger(LogFormat.Json);
        for (var i = 0; i < 10; i++)
        {
            LogContext.RequestId = $"req_{i}";
            logger.LogError(Failure(), "Request {RequestId} failed", $"req_{i}");
        }

        LogContext.RequestId = null;
        Written().Count(c => c == '\n').ShouldBe(1);
    }

    [Fact]
    public void Json_ErrorsThatDiffer_AreLinesOfTheirOwn()
    {
        var logger = Logger(LogFormat.Json);
        logger.LogError(Failure(), "One failed");
        logger.LogError(Failure(), "Another failed");
        logger.LogError(new InvalidOperationException("bang"), "One failed");
        logger.LogError("One failed");
        logger.LogError("One failed");

        Written().Count(c => c == '\n').ShouldBe(5);
    }

    [Fact]
    public void Json_ErrorThatStops_ItsNumberIsWrittenBeforeTheNextLine()
    {
        var logger = Logger(LogFormat.Json);
        logger.LogError(Failure(), "The round failed");
        logger.LogError(Failure(), "The round failed");
        time.Advance(TimeSpan.FromMinutes(1));
        LogContext.RequestId = "req_of_another_request";
        logger.LogInformation("later");
        LogContext.RequestId = null;

        var lines = Written().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        lines.Length.ShouldBe(3);
        lines[1].ShouldContain("\"repeated\":1");
        lines[1].ShouldNotContain("req_of_another_request");
    }

    [Fact]
    public void Json_SameErrorMuchLater_HasItsStackAgain()
    {
        var logger = Logger(LogFormat.Json);
        logger.LogError(Failure(), "The round failed");
        time.Advance(TimeSpan.FromMinutes(2));
        logger.LogError(Failure(), "The round failed");

        Written()
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .ShouldAllBe(line => line.Contains(nameof(Failure)));
    }

    [Fact]
    public void Dispose_ErrorsThatWereHidden_AreCounted()
    {
        using var file = new MemoryStream();
        using (var provider = new LineLoggerProvider(file, LogFormat.Text, time))
        {
            var logger = provider.CreateLogger("Test");
            logger.LogError(Failure(), "The round failed");
            logger.LogError(Failure(), "The round failed");
        }

        Encoding.UTF8.GetString(file.ToArray()).ShouldContain("ERR The round failed (repeated: 1)\n    System.Inv");
    }

    [Fact]
    public void Text_HostileText_CannotMoveTheCursor()
    {
        Logger(LogFormat.Text).LogWarning("From {Peer}", "x\n\u001b[2J\u202Ey");

        Written().ShouldBe("00:00:00.000 WRN From x\uFFFD\uFFFD[2J\uFFFDy\n");
    }

    [Fact]
    public void Create_WithALevel_DropsWhatIsBelow()
    {
        var file = Path.GetTempFileName();
        using (
            var factory = LoggingExtensions.CreateLoggerFactory(
                new LogOptions { Level = LogLevel.Warning, File = file }
            )
        )
        {
            factory.CreateLogger("a").LogInformation("no");
            factory.CreateLogger("a").LogWarning("yes");
        }

        File.ReadAllLines(file).Length.ShouldBe(1);
        File.Delete(file);
    }

    private static InvalidOperationException Failure()
    {
        try
        {
            throw new InvalidOperationException("boom");
        }
        catch (InvalidOperationException e)
        {
            return e;
        }
    }

    private ILogger Logger(LogFormat format, LogSubject? subject = null) =>
        new LineLoggerProvider(output, format, time, subject).CreateLogger("Test");

    private string Written() => Encoding.UTF8.GetString(output.ToArray());
}
