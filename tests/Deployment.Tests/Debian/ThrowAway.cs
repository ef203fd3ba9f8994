namespace Culvert.Deployment.Tests.Debian;

/// <summary>A copy of this machine that forgets everything; see <c>throw-away.sh</c>.</summary>
internal static class ThrowAway
{
    /// <param name="arrange">A script that is run in the copy first, as root.</param>
    /// <param name="command">Runs in the copy with a network of its own.</param>
    public static Task<ToolResult> RunAsync(string arrange, params string[] command) =>
        Tool.RunAsync(
            "sh",
            [
                Repository.PathOf("tests/Deployment.Tests/Debian/throw-away.sh"),
                Repository.Unpacked("usr/bin/bwrap"),
                arrange,
                .. command,
            ]
        );
}
