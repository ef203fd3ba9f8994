namespace Culvert.Deployment.Tests.Harness;

/// <summary>Runs a program as a user who owns nothing: as images and packages do.</summary>
internal static class Unprivileged
{
    /// <summary>The user of the images; no user of the host has this ID.</summary>
    public const string User = "65532";

    public static Task<ToolResult> RunAsync(string program, params string[] arguments) =>
        Environment.UserName == "root"
            ? Tool.RunAsync(
                "setpriv",
                ["--reuid", User, "--regid", User, "--clear-groups", "--no-new-privs", program, .. arguments]
            )
            : Tool.RunAsync(program, arguments);
}
