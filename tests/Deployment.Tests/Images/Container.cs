namespace Culvert.Deployment.Tests.Images;

/// <summary>
/// As an engine would run an image with <c>--read-only</c>: its files, its variables, its user, no capability, no network,
/// and one folder to write to. By bubblewrap, because there is no engine here.
/// </summary>
internal static class Container
{
    /// <param name="stage">The image.</param>
    /// <param name="folder">Configuration files, shown at /etc/culvert; its folder <c>state</c> is /var/lib/culvert.</param>
    /// <param name="arguments">After the entry point.</param>
    /// <param name="environment">Variables in addition to the image's own.</param>
    public static async Task<ToolResult> RunAsync(
        ImageStage stage,
        TestFolder folder,
        string[] arguments,
        IReadOnlyDictionary<string, string>? environment = null
    )
    {
        var image = await BuiltImages.OfThisRunAsync();
        var state = folder.PathOf("state");
        if (!Directory.Exists(state))
        {
            Directory.CreateDirectory(state);
            if (Environment.UserName == "root")
            {
                (await Tool.RunAsync("chown", [Unprivileged.User, state])).Succeeded();
            }
        }

        string[] mounts =
        [
            "--ro-bind",
            image.FilesOf(stage.Program),
            "/",
            "--ro-bind",
            folder.Path,
            "/etc/culvert",
            "--bind",
            state,
            "/var/lib/culvert",
            "--dev",
            "/dev",
            "--proc",
            "/proc",
            "--tmpfs",
            "/run",
            .. Credentials(folder),
            "--remount-ro",
            "/",
        ];
        string[] isolation =
        [
            "--unshare-all",
            "--uid",
            Unprivileged.User,
            "--gid",
            Unprivileged.User,
            "--clearenv",
            "--chdir",
            stage.One("WORKDIR"),
            "--die-with-parent",
        ];
        var variables = stage
            .Environment()
            .Concat(environment ?? new Dictionary<string, string>())
            .SelectMany(v => new[] { "--setenv", v.Key, v.Value });
        return await Unprivileged.RunAsync(
            Repository.Unpacked("usr/bin/bwrap"),
            [.. mounts, .. isolation, .. variables, "--", .. stage.Words("ENTRYPOINT"), .. arguments]
        );
    }

    // Where systemd shows them to the service.
    private static string[] Credentials(TestFolder folder) =>
        Directory.Exists(folder.PathOf("credentials"))
            ? ["--ro-bind", folder.PathOf("credentials"), "/run/credentials/culvert-identity-service.service"]
            : [];
}
