using Culvert.Platform.Launching;
using Shouldly;
using Xunit;

namespace Culvert.Platform.Tests.Launching;

/// <summary>S39.</summary>
public sealed class ChildCommandTests : IDisposable
{
    private const string Secret = "CHILD_COMMAND_CANARY";

    public ChildCommandTests() => Environment.SetEnvironmentVariable(Secret, "canary-secret-value");

    [Fact]
    public async Task TryStart_Environment_IsWhatIsListed()
    {
        (await GivesAsync(ChildCommand.UsualEnvironment)).ShouldBeFalse();
        (await GivesAsync(ChildCommand.SessionEnvironment)).ShouldBeFalse();
        (await GivesAsync(["CHILD_COMMAND_*"])).ShouldBeTrue();
        (await GivesAsync(ChildCommand.WholeEnvironment)).ShouldBeTrue();
    }

    [Theory]
    [InlineData("./relative", "write an absolute path")]
    [InlineData("/nonexistent/program", "it does not exist")]
    [InlineData("no-such-program-anywhere", "it does not exist")]
    [InlineData("/etc/passwd", "is not executable")]
    public void TryStart_NoProgram_SaysWhy(string program, string expected)
    {
        using var process = ChildCommand.TryStart([program], ChildCommand.UsualEnvironment, out var problem);

        process.ShouldBeNull();
        problem.ShouldContain(expected);
    }

    public void Dispose() => Environment.SetEnvironmentVariable(Secret, null);

    private static async Task<bool> GivesAsync(IReadOnlyList<string> inherited)
    {
        using var process = ChildCommand.TryStart(["/usr/bin/env"], inherited, out _, ChildStreams.PipedOutput);
        var output = process.ShouldNotBeNull().StandardOutput;
        var text = await output.ReadToEndAsync(TestContext.Current.CancellationToken);
        return text.Contains("canary-secret-value", StringComparison.Ordinal);
    }
}
