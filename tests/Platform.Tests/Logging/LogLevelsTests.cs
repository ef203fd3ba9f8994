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
