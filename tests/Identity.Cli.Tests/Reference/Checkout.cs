namespace Culvert.Identity.Cli.Tests.Reference;

/// <summary>The checkout that these tests are built from.</summary>
internal static class Checkout
{
    public static string PathOf(string relative)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Identity.sln")))
        {
            folder = folder.Parent;
        }

        return Path.Combine(folder?.FullName ?? throw new InvalidOperationException("not in a checkout"), relative);
    }
}
