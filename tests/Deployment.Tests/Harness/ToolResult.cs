namespace Culvert.Deployment.Tests.Harness;

/// <summary>How a program ended, and what it said on both streams.</summary>
internal sealed record ToolResult(int ExitCode, string Output, string Error)
{
    /// <summary>Both streams, for messages.</summary>
    public string Text => Output + Error;

    /// <summary>Itself, when the program succeeded; else the test fails with what it said.</summary>
    public ToolResult Succeeded()
    {
        ExitCode.ShouldBe(0, Text);
        return this;
    }
}
