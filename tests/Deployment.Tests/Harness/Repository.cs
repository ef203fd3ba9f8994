using System.Text.RegularExpressions;

namespace Culvert.Deployment.Tests.Harness;

/// <summary>The checkout that these tests read.</summary>
internal static class Repository
{
    public static string Root { get; } = Find();

    /// <summary>The version that is built.</summary>
    public static string Version { get; } =
        Regex.Match(File.ReadAllText(PathOf("Directory.Build.props")), "<Version>(.*)</Version>").Groups[1].Value;

    public static string PathOf(string relative) => Path.Combine(Root, relative);

    /// <summary>A program as it is shipped; <c>./test --all</c> publishes it.</summary>
    public static string Published(string program) => Made($".run/published/{program}");

    /// <summary>A file of a Debian package that <c>./test --all</c> unpacked, such as <c>usr/bin/promtool</c>.</summary>
    public static string Unpacked(string path) => Made($".run/deployment-tools/{path}");

    private static string Made(string path) =>
        File.Exists(PathOf(path))
            ? PathOf(path)
            : throw new InvalidOperationException($"{path} is missing: run ./test --all");

    private static string Find()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Identity.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("The tests do not run inside a checkout.");
    }
}
