using Culvert.Platform.Logging;
using Microsoft.Extensions.Logging;
using Shouldly;
using Xunit;

namespace Culvert.Platform.Tests.Logging;

public sealed class LogLevelsTests : IDisposable
{
    private readonly string file = Path.GetTempFileName();
    private readonly LogLevels levels = new(LogLevel.Warning);

    public void Dispose()
    {
        levels.Dispose();
        File.Delete(file);
    }

    [Theory] // a flood of frames by one client must not flood the log, as critical, too
    [InlineData(LogLevel.Information, false)]
    [InlineData(LogLevel.Debug, true)]
    public void Http2_OfOneConnection_IsForDebuggingAlone(LogLevel level, bool isWritten)
    {
        using var own = new LogLevels(level);
        using var loggers = LoggingExtensions.CreateLoggerFactory(new LogOptions { File = file }, levels: own);

        loggers
            .CreateLogger("Microsoft.AspNetCore.Server.Kestrel.Http2")
            .IsEnabled(LogLevel.Critical)
            .ShouldBe(isWritten);
        loggers.CreateLogger("Microsoft.AspNetCore.Server.Kestrel").IsEnabled(LogLevel.Critical).ShouldBeTrue();
    }

    [Fact] // a log rotation moves the file and sends SIGHUP
    public void Use_FileWasMovedOrIsAnother_GoesOnThere()
    {
        var (moved, other) = (file + ".1", file + ".2");
        using (var loggers = LoggingExtensions.CreateLoggerFactory(new LogOptions { File = file }, levels: levels))
        {
            var log = loggers.CreateLogger("Culvert.Test");
            log.LogError("one");
            File.Move(file, moved);
            levels.Use(new LogOptions { File = file });
            log.LogError("two");
            levels.Use(new LogOptions { File = other, Format = LogFormat.Text });
            log.LogError("three");

            // One that cannot be written changes nothing, the level included.
            Should.Throw<IOException>(() =>
                levels.Use(new LogOptions { File = "/nowhere/at/all.log", Level = LogLevel.Trace })
            );
            levels.Level.ShouldBe(LogLevel.Information);
            log.LogError("four");
        }

        File.ReadAllText(moved).ShouldContain("\"one\"");
        File.ReadAllText(file).ShouldContain("\"two\"");
        var last = File.ReadAllText(other);
        last.ShouldContain("three");
        last.ShouldContain("four");
        last.ShouldNotContain("{\"");
        File.Delete(moved);
        File.Delete(other);
    }

    [Fact]
    public void Swap_OtherLevel_CountsForLoggersThatAreThere()
    {
        using (var loggers = LoggingExtensions.CreateLoggerFactory(new LogOptions { File = file }, levels: levels))
        {
            var (own, server) = (loggers.CreateLogger("Culvert.Test"), loggers.CreateLogger("Microsoft.Test"));
            own.LogInformation("one");
            levels.Swap(LogLevel.Information);
            own.LogInformation("two");
            server.LogInformation("three");
            levels.Swap(LogLevel.Debug);
            own.LogDebug("four");
            server.LogDebug("five");
            levels.Swap(LogLevel.Error);
            own.LogWarning("six");
        }

        var written = File.ReadAllText(file);
        new[] { "one", "two", "three", "four", "five", "six" }
            .Where(word => written.Contains($"\"{word}\"", StringComparison.Ordinal))
            .ShouldBe(["two", "four", "five"]);
    }
}
